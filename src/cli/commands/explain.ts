import { Chalk, type ChalkInstance } from 'chalk';
import { wrapped } from '../../report/layout.ts';
import { RULES } from '../../rules/index.ts';
import { type Rule, severityOf } from '../../rules/rule.ts';
import { revisionsOf } from '../../rules/standing.ts';
import { STEP_IDS } from '../../trace/format.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import { type Io, isColored } from '../io.ts';
import { nearest } from '../nearest.ts';

/** Explains one rule, the rules of one step, or lists them all. */
export async function explainCommand(name: string | undefined, io: Io): Promise<ExitCode> {
  const chalk = new Chalk({ level: isColored(io, 'stdout') ? 1 : 0 });
  io.stdout(explain(name, chalk, Math.min(io.columns, 100)));
  return EXIT.ok;
}

function explain(name: string | undefined, chalk: ChalkInstance, width: number): string {
  if (name === undefined)
    return `${STEP_IDS.map((step) => list(step, chalk, width)).join('\n')}\nmcp-oauth-trace explain <rule> says more.\n`;
  const rule = RULES.find(({ id }) => id === name);
  if (rule) return page(rule, chalk, width);
  const step = STEP_IDS.find((id) => id === name);
  if (step)
    return rulesOf(step)
      .map((each) => page(each, chalk, width))
      .join('\n');
  const close = nearest(name, [...RULES.map(({ id }) => id), ...STEP_IDS]);
  throw new UserError(
    `${JSON.stringify(name)} is neither a rule nor a step${close ? `; did you mean ${close}?` : ''}; ` +
      'mcp-oauth-trace explain lists them all',
  );
}

function rulesOf(step: string): readonly Rule[] {
  return RULES.filter((rule) => rule.step === step);
}

function list(step: string, chalk: ChalkInstance, width: number): string {
  const lines = rulesOf(step).flatMap((rule) => [
    `  ${rule.id}  ${chalk.dim(severityOf(rule))}`,
    ...wrapped(rule.requires, width - INDENT).map((line) => `${' '.repeat(INDENT)}${line}`),
  ]);
  return `${[chalk.bold(step), ...lines].join('\n')}\n`;
}

/** What a rule requires stands under its id. */
const INDENT = 6;

function page(rule: Rule, chalk: ChalkInstance, width: number): string {
  const part = (title: string, text: string): readonly string[] => [
    chalk.bold(title),
    ...wrapped(text, width - 2).map((line) => `  ${line}`),
  ];
  const { affected, example, level, fault, step } = rule;
  const about = `${severityOf(rule)} (${level}), mended by the ${WHO[fault]}, step ${step}, ${revisionsOf(rule)} of MCP`;
  return `${[
    chalk.bold.underline(rule.id),
    ...wrapped(about, width).map((line) => chalk.dim(line)),
    ...part('Required', rule.requires),
    ...part('Why it matters', rule.why),
    ...part('How to mend it', rule.fix),
    ...(example ? [chalk.bold('Example'), ...example.split('\n').map((line) => `  ${line}`)] : []),
    ...(affected
      ? part('Clients that break', `${affected.clients.join(', ')} (${affected.confidence})`)
      : []),
    chalk.bold('Where it stands'),
    ...rule.spec.flatMap(({ title, url }) => [
      ...wrapped(title, width - 2).map((line) => `  ${line}`),
      `    ${chalk.dim(url)}`,
    ]),
  ].join('\n')}\n`;
}

const WHO: Readonly<Record<Rule['fault'], string>> = {
  'mcp-server': 'MCP server',
  'authorization-server': 'authorization server',
  deployment: 'deployment',
  client: 'client',
};
