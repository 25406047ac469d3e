import { isObject } from './body.ts';
import { TraceFileError } from './file-error.ts';

/**
 * The trace that a JSON report carries beside the findings; any other document as it is.
 * @throws {TraceFileError} for a report that was narrowed: judged anew, what it left out would seem missing.
 */
export function traceWithin(document: unknown, name: string): unknown {
  if (!isReport(document)) return document;
  const { trace } = document;
  if (isNarrowed(trace))
    throw new TraceFileError(
      'NOT_A_TRACE',
      `${name} is a report of a part of the exchanges, expected all of them: make it without --step and --exchange`,
    );
  return trace;
}

function isReport(document: unknown): document is { readonly trace: unknown } {
  return (
    isObject(document) &&
    isObject(document.trace) &&
    isObject(document.counts) &&
    Array.isArray(document.findings) &&
    !('trace_log' in document)
  );
}

/** True where a step tells of exchanges that the log does not have. */
function isNarrowed(trace: unknown): boolean {
  if (!isObject(trace) || !isObject(trace.sequence_summary)) return false;
  const told = listOf(trace.sequence_summary.steps).flatMap((step) =>
    isObject(step) ? listOf(step.exchanges) : [],
  );
  const kept = new Set(
    listOf(trace.trace_log).map((each) => (isObject(each) ? each.id : undefined)),
  );
  return told.some((id) => !kept.has(id));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
