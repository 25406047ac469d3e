import { Chalk, type ChalkInstance } from 'chalk';
import { wrapped } from '../../report/layout.ts';
import { RULES } from '../../rules/index.ts';
import { nearest } from '../../rules/nearest.ts';
import { type Rule, severityOf } from '../../rules/rule.ts';
import { revisionsOf } from '../../rules/standing.ts';
import type { Fault } from '../../server/faults/fault.ts';
import { FAULTS } from '../../server/faults.ts';
import type { Reference } from '../../spec/references.ts';
import { STEPS } from '../../spec/steps.ts';
import { STEP_IDS } from '../../trace/format.ts';
import type { StepId } from '../../trace/schema.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import { type Io, isColored } from '../io.ts';

/** Explains one rule, one step and its rules, or a fault of the reference server, or lists all rules. */
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
    return [
      stepPage(step, chalk, width),
      ...rulesOf(step).map((each) => page(each, chalk, width)),
    ].join('\n');
  const fault = FAULTS.find(({ id }) => id === name);
  if (fault) return faultPage(fault, chalk, width);
  const close = nearest(name, [...RULES, ...FAULTS].map(({ id }) => id).concat(STEP_IDS));
  throw new UserError(
    `${JSON.stringify(name)} is neither a rule nor a step${close ? `; did you mean ${close}?` : ''}; ` +
      'mcp-oauth-trace explain lists them all',
  );
}

/** What the reference server does wrong, and the rules that say so of a run. */
function faultPage(fault: Fault, chalk: ChalkInstance, width: number): string {
  const rules = RULES.filter(({ id }) => fault.rules.includes(id));
  const shown = rules.length > 0 ? `${rules.map(({ id }) => id).join(', ')} says so.` : UNSEEN;
  const about = `A fault of the reference server, which then ${fault.describe}. ${shown}`;
  return [
    [chalk.bold.underline(fault.id), ...wrapped(about, width), ''].join('\n'),
    ...rules.map((rule) => page(rule, chalk, width)),
  ].join('\n');
}

const UNSEEN = 'No run shows it: only an extra request would.';

function rulesOf(step: StepId): readonly Rule[] {
  return RULES.filter((rule) => rule.step === step);
}

function list(step: StepId, chalk: ChalkInstance, width: number): string {
  const lines = rulesOf(step).flatMap((rule) => [
    `  ${rule.id}  ${chalk.dim(severityOf(rule))}`,
    ...wrapped(rule.requires, width - INDENT).map((line) => `${' '.repeat(INDENT)}${line}`),
  ]);
  return `${[`${chalk.bold(step)}  ${STEPS[step].title}`, ...lines].join('\n')}\n`;
}

/** What a rule requires stands under its id. */
const INDENT = 6;

function stepPage(step: StepId, chalk: ChalkInstance, width: number): string {
  const { title, about, sent, expected, example, trouble, spec } = STEPS[step];
  const part = partOf(chalk, width);
  return `${[
    `${chalk.bold.underline(step)}  ${title}`,
    ...part('What it is', about),
    ...part('What is sent', sent),
    ...part('What has to come back', expected),
    ...shownExample(example, chalk),
    ...part('What may go wrong', trouble),
    ...references(spec, chalk, width),
  ].join('\n')}\n`;
}

function page(rule: Rule, chalk: ChalkInstance, width: number): string {
  const { affected, example, level, fault, step } = rule;
  const about = `${severityOf(rule)} (${level}), mended by the ${WHO[fault]}, step ${step}, ${revisionsOf(rule)} of MCP`;
  const part = partOf(chalk, width);
  return `${[
    chalk.bold.underline(rule.id),
    ...wrapped(about, width).map((line) => chalk.dim(line)),
    ...part('Required', rule.requires),
    ...part('Why it matters', rule.why),
    ...part('How to mend it', rule.fix),
    ...(example ? shownExample(example, chalk) : []),
    ...(affected
      ? part('Clients that break', `${affected.clients.join(', ')} (${affected.confidence})`)
      : []),
    ...references(rule.spec, chalk, width),
  ].join('\n')}\n`;
}

/** A titled paragraph. */
function partOf(chalk: ChalkInstance, width: number) {
  return (title: string, text: string): readonly string[] => [
    chalk.bold(title),
    ...wrapped(text, width - 2).map((line) => `  ${line}`),
  ];
}

function shownExample(example: string, chalk: ChalkInstance): readonly string[] {
  return [chalk.bold('Example'), ...example.split('\n').map((line) => `  ${line}`.trimEnd())];
}

function references(
  spec: readonly Reference[],
  chalk: ChalkInstance,
  width: number,
): readonly string[] {
  return [
    chalk.bold('Where it stands'),
    ...spec.flatMap(({ title, url }) => [
      ...wrapped(title, width - 2).map((line) => `  ${line}`),
      `    ${chalk.dim(url)}`,
    ]),
  ];
}

const WHO: Readonly<Record<Rule['fault'], string>> = {
  'mcp-server': 'MCP server',
  'authorization-server': 'authorization server',
  deployment: 'deployment',
  client: 'client',
  user: 'user',
};
