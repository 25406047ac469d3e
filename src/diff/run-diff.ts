/** What differs between two runs as a whole: how they ended, and how they were made. */
import type { Trace } from '../trace/schema.ts';
import { quote, said } from './describe.ts';
import type { Difference, DifferenceKind, DiffOptions, Weight } from './difference.ts';
import type { Fact } from './fact.ts';
import { sameFact } from './same.ts';
import { SETTINGS } from './settings.ts';
import { type Side, shownValue } from './side.ts';

/** A fact of a whole run: pointer, subject of its sentence, kind, weight, value. */
type Row = readonly [string, string, DifferenceKind, Weight, (trace: Trace) => unknown];

const SUMMARY = '/sequence_summary';
const METADATA = '/metadata';
/** Left out where the judge says more: the cause. */
const REASON = `${SUMMARY}/reason`;
const SPOKEN = `${METADATA}/revision/used`;

const TABLE: readonly Row[] = [
  [REASON, 'the reason', 'cause', 'cause', (t) => t.sequence_summary.reason],
  [SPOKEN, 'the MCP revision spoken', 'setup', 'contract', (t) => t.metadata.revision.used],
  [
    `${METADATA}/server_url`,
    'the address of the MCP server',
    'setup',
    'behaviour',
    (t) => t.metadata.server_url,
  ],
  ...SETTINGS.map(({ pointer, subject, weight, read }): Row => {
    return [pointer, subject, 'setup', weight, ({ metadata }) => read(metadata)];
  }),
  [
    `${SUMMARY}/auth_code_received`,
    'an authorization code received',
    'outcome',
    'contract',
    (t) => t.sequence_summary.auth_code_received,
  ],
  [
    `${SUMMARY}/access_token_received`,
    'an access token received',
    'outcome',
    'contract',
    (t) => t.sequence_summary.access_token_received,
  ],
  [
    `${SUMMARY}/refresh_token_received`,
    'a refresh token received',
    'outcome',
    'contract',
    (t) => t.sequence_summary.refresh_token_received,
  ],
];

/** Every pointer at which two runs can differ as a whole. */
export const RUN_POINTERS: readonly string[] = [
  '/cause',
  `${SUMMARY}/outcome`,
  ...TABLE.map(([pointer]) => pointer),
];

/** How the two runs differ before any exchange is looked at. */
export function diffRuns(before: Side, after: Side, options: DiffOptions): readonly Difference[] {
  const [a, b] = [before.view.trace, after.view.trace];
  const causes = [options.before?.cause, options.after?.cause] as const;
  return [
    ...endings(a, b),
    ...compared(['/cause', 'the cause', 'cause', 'cause'], causes, before, after),
    ...TABLE.filter(([pointer]) => pointer !== REASON || !causes.some(isString)).flatMap(
      ([pointer, subject, kind, weight, read]) => {
        const values = [read(a), read(b)] as const;
        const isOwn = pointer === SPOKEN && a.metadata.revision.asked !== b.metadata.revision.asked;
        const lighter = isOwn || isConsequence(a, b, values) ? 'behaviour' : weight;
        return compared([pointer, subject, kind, lighter], values, before, after);
      },
    ),
  ];
}

/** What a run that broke off never came to is no change of what the server promises. */
function isConsequence(a: Trace, b: Trace, values: readonly unknown[]): boolean {
  return (
    (values.includes(null) || values.includes(false)) &&
    a.sequence_summary.outcome !== b.sequence_summary.outcome
  );
}

/** The outcome and the step it came about at, in one sentence. */
function endings(a: Trace, b: Trace): readonly Difference[] {
  const [from, to] = [endingOf(a), endingOf(b)];
  if (from === to) return [];
  const kind = a.sequence_summary.outcome === b.sequence_summary.outcome ? 'cause' : 'outcome';
  return [
    ofRun(
      { kind, weight: kind, pointer: `${SUMMARY}/outcome`, before: from, after: to },
      `the run ${from}; now it ${to}`,
    ),
  ];
}

const ENDINGS: Readonly<Record<Trace['sequence_summary']['outcome'], string>> = {
  completed: 'completes',
  failed: 'fails',
  refused: 'is stopped by the client',
  open: 'is let in without a token',
  interrupted: 'is interrupted',
};

function endingOf({ sequence_summary: { outcome, failed_step } }: Trace): string {
  return `${ENDINGS[outcome]}${failed_step === null ? '' : ` at ${quote(failed_step)}`}`;
}

function compared(
  [pointer, subject, kind, weight]: readonly [string, string, DifferenceKind, Weight],
  values: readonly [unknown, unknown],
  before: Side,
  after: Side,
): readonly Difference[] {
  const [a, b] = values.map(factOf) as [Fact, Fact];
  if (sameFact(a, b, before, after)) return [];
  const shown = { before: shownValue(a, before), after: shownValue(b, after) };
  const text =
    kind === 'cause'
      ? causeText(shown.before, shown.after)
      : `${subject}: was ${valueText(shown.before)}, is ${valueText(shown.after)}`;
  return [ofRun({ kind, weight, pointer, ...shown }, text)];
}

function causeText(before: unknown, after: unknown): string {
  if (!isString(before)) return `the cause: ${said(String(after))}`;
  if (!isString(after)) return `the cause is gone: ${said(before)}`;
  return `the cause was: ${said(before)}; now it is: ${said(after)}`;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? 'none' : quote(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function factOf(value: unknown): Fact {
  return typeof value === 'string'
    ? { kind: 'text', value }
    : { kind: 'literal', value: typeof value === 'boolean' ? value : null };
}

/** A difference that concerns the whole run. */
export function ofRun(
  difference: Pick<Difference, 'kind' | 'weight'> & {
    readonly pointer: string;
    readonly before: unknown;
    readonly after: unknown;
    readonly step?: string | null;
  },
  text: string,
): Difference {
  const { kind, weight, pointer, before, after, step = null } = difference;
  const exchanges = { before: null, after: null };
  return {
    kind,
    change: 'changed',
    where: { step, role: null, name: null, occurrence: null, pointer, exchanges },
    before,
    after,
    weight,
    text,
    also: [],
  };
}
