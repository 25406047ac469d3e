import type { StepRecord } from '../trace/schema.ts';
import { said } from './describe.ts';
import type { Difference } from './difference.ts';
import type { Fact } from './fact.ts';
import { stepOrder } from './place.ts';
import { ofRun } from './run-diff.ts';
import { sameFact } from './same.ts';
import { type Side, shownValue } from './side.ts';

/** What became of each pass of each step. */
export function diffSteps(before: Side, after: Side): readonly Difference[] {
  const [left, right] = [passes(before), passes(after)];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.flatMap((key) => oneStep(left.get(key), right.get(key), before, after));
}

/** Steps by id and pass; an older file numbers none, so the nth record of an id counts as its pass. */
function passes({ view }: Side): ReadonlyMap<string, StepRecord> {
  const counts = new Map<string, number>();
  return new Map(
    view.trace.sequence_summary.steps.map((record) => {
      const pass = (counts.get(record.id) ?? 0) + 1;
      counts.set(record.id, pass);
      return [JSON.stringify([record.id, pass]), record];
    }),
  );
}

function oneStep(
  a: StepRecord | undefined,
  b: StepRecord | undefined,
  before: Side,
  after: Side,
): readonly Difference[] {
  const step = (a ?? b)?.id ?? '';
  const [from, to] = [endingOf(a), endingOf(b)];
  if (sameFact(from, to, before, after)) return [];
  const shown = { before: shownValue(from, before), after: shownValue(to, after) };
  const weight = [a, b].some(isBroken) ? 'cause' : 'behaviour';
  const pointer = stepPointer(step);
  return [
    ofRun(
      { kind: 'step', weight, pointer, step, ...shown },
      `the step ${spoken(a, shown.before)}; now it ${spoken(b, shown.after)}`,
    ),
  ];
}

/** Where the summary of a trace tells of a step. */
export function stepPointer(step: string): string {
  return `/sequence_summary/steps/${Math.max(0, stepOrder(step))}`;
}

function endingOf(record: StepRecord | undefined): Fact {
  if (!record) return { kind: 'text', value: 'not taken' };
  const { outcome, reason } = record;
  return { kind: 'text', value: reason === null ? outcome : `${outcome}: ${reason}` };
}

const ENDINGS: Readonly<Record<StepRecord['outcome'], string>> = {
  done: 'is done',
  again: 'goes back to an earlier one',
  failed: 'fails',
  skipped: 'is skipped',
  refused: 'is stopped by the client',
  open: 'is let in without a token',
  interrupted: 'is interrupted',
};

/** @param shown how it ended, the reason with its hosts renamed */
function spoken(record: StepRecord | undefined, shown: unknown): string {
  if (!record) return 'is not taken';
  const { outcome } = record;
  return ENDINGS[outcome] + said(String(shown).slice(outcome.length));
}

function isBroken(record: StepRecord | undefined): boolean {
  return record?.outcome === 'failed' || record?.outcome === 'refused';
}
