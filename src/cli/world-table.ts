import { aligned, padded, widthOf, wrapped } from '../report/layout.ts';
import type { Expected } from '../server/worlds/world.ts';
import type { Trace } from '../trace/schema.ts';

/** What a run came to; a trace may know steps that we do not. */
export type Came = Omit<Expected, 'skipped'> & { readonly skipped: readonly string[] };

/** What a run against a world was expected to come to, and what it came to. */
export interface WorldRun {
  readonly name: string;
  readonly expected: Expected;
  readonly came: Came;
  readonly trace: Trace;
}

/** What a judged run came to, in the words of an expectation. */
export function whatCame(trace: Trace, rules: readonly string[]): Came {
  const { outcome, refresh_token_received: refresh, steps } = trace.sequence_summary;
  return {
    outcome,
    refresh,
    skipped: steps.filter((step) => step.outcome === 'skipped').map(({ id }) => id),
    findings: [...rules].sort(),
  };
}

/** Whether a run came to what was expected, and to nothing else. */
export function isAsExpected({ expected, came }: WorldRun): boolean {
  return (
    came.outcome === expected.outcome &&
    came.refresh === expected.refresh &&
    missingOf(expected.skipped, came.skipped).length === 0 &&
    missingOf(came.skipped, expected.skipped).length === 0 &&
    missingOf(expected.findings, came.findings).length === 0 &&
    missingOf(came.findings, expected.findings).length === 0
  );
}

const HEADS = ['world', 'outcome', 'refresh', 'steps', 'expected', 'missing', 'unexpected', 'ok'];

/** Columns of numbers. */
const NUMBERS: readonly number[] = [3, 4, 5, 6];

/** A line for each run, below it what each is expected to show, and what was not as expected. */
export function worldTable(runs: readonly WorldRun[]): string {
  const rows = [HEADS, ...runs.map(cellsOf)];
  const widths = HEADS.map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        (NUMBERS.includes(column) ? aligned : padded)(cell, widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const promised = runs.flatMap(promises);
  const differing = runs.flatMap(differences);
  const ok = runs.filter(isAsExpected).length;
  const sum = `${ok} of ${runs.length} came to what was expected.`;
  return `${[...lines, '', ...promised, ...differing, sum].join('\n')}\n`;
}

/** Columns of a line of words below the table. */
const WIDTH = 80;

/** The findings that belong to a world, since it is as people run it. */
function promises({ name, expected: { findings } }: WorldRun): readonly string[] {
  return findings.length === 0
    ? []
    : [`${name} is expected to show`, ...wrapped(listed(findings), WIDTH - 2).map(indented), ''];
}

function indented(line: string): string {
  return `  ${line}`;
}

function cellsOf(run: WorldRun): readonly string[] {
  const { name, expected, came, trace } = run;
  const { steps } = trace.sequence_summary;
  const done = steps.filter(({ outcome }) => outcome === 'done').length;
  const unexpected = missingOf(came.findings, expected.findings).length;
  const missing = missingOf(expected.findings, came.findings).length;
  const found = came.findings.length - unexpected;
  return [
    name,
    came.outcome,
    came.refresh ? 'yes' : 'no',
    `${done}/${steps.length}`,
    ...[found, missing, unexpected].map(String),
    isAsExpected(run) ? 'yes' : 'NO',
  ];
}

function differences(run: WorldRun): readonly string[] {
  if (isAsExpected(run)) return [];
  const { name, expected, came, trace } = run;
  const { reason } = trace.sequence_summary;
  const plain = (one: Came): string =>
    `${one.outcome}, ${one.refresh ? 'a' : 'no'} refresh token, skipped ${listed(one.skipped)}`;
  return [
    `${name}: came to ${plain(came)}, expected ${plain(expected)}`,
    ...(reason === null ? [] : [`  reason: ${reason}`]),
    `  unexpected findings: ${listed(missingOf(came.findings, expected.findings))}`,
    `  missing findings: ${listed(missingOf(expected.findings, came.findings))}`,
    '',
  ];
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}

/** What of the one is not in the other. */
function missingOf(words: readonly string[], others: readonly string[]): readonly string[] {
  return words.filter((word) => !others.includes(word));
}
