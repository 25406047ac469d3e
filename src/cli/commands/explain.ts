import { Chalk, type ChalkInstance } from 'chalk';
import { RULES } from '../../rules/index.ts';
import { type Rule, severityOf } from '../../rules/rule.ts';
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
    return `${STEP_IDS.map((step) => list(step, chalk)).join('\n')}\nmcp-oauth-trace explain <rule> says more.\n`;
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

function list(step: string, chalk: ChalkInstance): string {
  const rules = rulesOf(step);
  const width = Math.max(0, ...rules.map(({ id }) => id.length));
  const lines = rules.map(
    (rule) =>
      `  ${rule.id.padEnd(width)}  ${chalk.dim(severityOf(rule).padEnd(7))}  ${rule.requires}\n`,
  );
  return `${chalk.bold(step)}\n${lines.join('')}`;
}

function page(rule: Rule, chalk: ChalkInstance, width: number): string {
  const part = (title: string, text: string): string =>
    `${chalk.bold(title)}\n${wrap(text, width - 2)
      .map((line) => `  ${line}\n`)
      .join('')}`;
  const { affected, example } = rule;
  return [
    `${chalk.bold.underline(rule.id)}  ${chalk.dim(`${severityOf(rule)} · ${rule.level} · ${rule.fault} · step ${rule.step} · MCP revisions ${rule.revisions}`)}\n`,
    part('Required', rule.requires),
    part('Why it matters', rule.why),
    part('How to mend it', rule.fix),
    ...(example
      ? [
          `${chalk.bold('Example')}\n${example
            .split('\n')
            .map((line) => `  ${line}\n`)
            .join('')}`,
        ]
      : []),
    ...(affected
      ? [part('Clients that break', `${affected.clients.join(', ')} (${affected.confidence})`)]
      : []),
    `${chalk.bold('Where it stands')}\n${rule.spec.map(({ title, url }) => `  ${title}\n    ${chalk.dim(url)}\n`).join('')}`,
  ].join('');
}

/** Lines of at most `width` characters, broken at blanks. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
