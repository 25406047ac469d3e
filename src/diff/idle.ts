import { STEP_IDS } from '../trace/format.ts';
import type { Trace } from '../trace/schema.ts';
import { type View, viewTrace } from '../trace/view.ts';
import { factsOf } from './exchange-facts.ts';
import { HOST_POINTERS } from './host-diff.ts';
import { isAskedFor } from './order.ts';
import { RUN_POINTERS } from './run-diff.ts';
import { stepPointer } from './step-diff.ts';
import { TIMING_POINTER } from './timing-diff.ts';

/**
 * Entries of `ignore` that leave nothing out, since nothing that is compared in either run has such a name.
 * Rules are not known here.
 */
export function idleEntries(
  before: Trace,
  after: Trace,
  ignore: readonly string[],
): readonly string[] {
  if (ignore.length === 0) return [];
  const pointers = [
    ...new Set([before, after].flatMap((trace) => [...exchangePointers(viewTrace(trace))])),
    ...RUN_POINTERS,
    ...HOST_POINTERS,
    ...STEP_IDS.map(stepPointer),
    TIMING_POINTER,
  ];
  return ignore.filter((entry) =>
    pointers.every((pointer) => isAskedFor({ step: null, pointer }, { ignore: [entry] })),
  );
}

function exchangePointers(view: View): ReadonlySet<string> {
  const pointers = new Set<string>();
  for (const exchange of view.exchanges)
    for (const pointer of factsOf(exchange, view).keys()) pointers.add(pointer);
  return pointers;
}
