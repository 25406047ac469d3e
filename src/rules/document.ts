/** The catalogue of rules as a Markdown page, generated so that it cannot lie. */
import { STEP_IDS } from '../trace/format.ts';
import { RULES } from './index.ts';
import { type Affected, type Fault, type Rule, severityOf } from './rule.ts';
import { revisionsOf } from './standing.ts';

/** The whole page: a table per step, then each rule at length. */
export function rulesDocument(rules: readonly Rule[] = RULES): string {
  const steps = STEP_IDS.filter((step) => rules.some((rule) => rule.step === step));
  const of = (step: string): readonly Rule[] =>
    rules.filter((rule) => rule.step === step).sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    '# Rules',
    `${rules.length} rules, by the step of the flow they judge. MUST gives an error, SHOULD a warning, MAY an info, unless the rule says otherwise; \`field\` marks what no document forbids and real clients break on all the same. This page is generated: \`npm run generate\`.`,
    ...steps.flatMap((step) => [`## ${step}`, tableOf(of(step)), ...of(step).map(sectionOf)]),
  ]
    .join('\n\n')
    .concat('\n');
}

const WHO: Readonly<Record<Fault, string>> = {
  'mcp-server': 'MCP server',
  'authorization-server': 'authorization server',
  deployment: 'deployment',
  client: 'client',
  user: 'user',
};

const CONFIDENCE: Readonly<Record<Affected['confidence'], string>> = {
  confirmed: 'confirmed in source or by maintainers',
  reported: 'reported by several',
  single: 'reported once',
};

function tableOf(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => [
    `[\`${rule.id}\`](#${rule.id})`,
    severityOf(rule),
    rule.level,
    WHO[rule.fault],
    revisionsOf(rule),
    cell(rule.requires),
  ]);
  const header = ['rule', 'severity', 'level', 'who acts', 'MCP revisions', 'what is required'];
  return [header, header.map(() => '---'), ...rows]
    .map((columns) => `| ${columns.join(' | ')} |`)
    .join('\n');
}

function sectionOf(rule: Rule): string {
  const { example, affected, outranks = [], spec } = rule;
  return [
    `### ${rule.id}`,
    text(rule.requires),
    `**Why it matters.** ${text(rule.why)}`,
    `**How to mend it.** ${text(rule.fix)}`,
    ...(example ? [`\`\`\`text\n${example}\n\`\`\``] : []),
    ...(affected
      ? [
          `**Clients that break:** ${text(affected.clients.join(', '))} (${CONFIDENCE[affected.confidence]}).`,
        ]
      : []),
    ...(outranks.length > 0
      ? [`Speaks for ${outranks.map((id) => `[\`${id}\`](#${id})`).join(', ')} where both apply.`]
      : []),
    ...(spec.length > 0 ? [spec.map(({ title, url }) => `[${title}](${url})`).join(' · ')] : []),
  ].join('\n\n');
}

function cell(words: string): string {
  return text(words).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Text in which Markdown sees no markup. */
function text(words: string): string {
  return words.replace(/[\\`*_<>[\]]/g, '\\$&');
}
