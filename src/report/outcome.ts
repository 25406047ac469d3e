import type { StepRecord, Trace } from '../trace/schema.ts';

/** How a run ended, in one sentence that names the step where it broke. */
export function describeOutcome(trace: Trace): string {
  const { outcome, reason } = trace.sequence_summary;
  const isCompleted = outcome === 'completed';
  const why = isCompleted || reason === null ? '.' : `: ${ended(reason)}`;
  const lenient =
    isCompleted && trace.metadata.lenient
      ? ' It went on where a real client must stop (--lenient).'
      : '';
  return `${nameOutcome(trace)}${why}${lenient}`;
}

/** The same without the reason, for where that is told beside it. */
export function nameOutcome({ sequence_summary }: Trace): string {
  const { outcome, failed_step } = sequence_summary;
  const step = failed_step ?? 'an unknown step';
  const names: Readonly<Record<typeof outcome, () => string>> = {
    completed: () => `Completed: ${deedsOf(sequence_summary)}`,
    failed: () => `Failed at ${step}`,
    refused: () => `Stopped at ${step}, as a client has to`,
    open: () => 'The MCP server asked for no token',
    interrupted: () => `Interrupted at ${step}`,
  };
  return names[outcome]();
}

/** What a completed run did, by the steps that were done. */
function deedsOf({ steps }: Trace['sequence_summary']): string {
  const done = new Set(steps.filter(({ outcome }) => outcome === 'done').map(({ id }) => id));
  const deeds = [
    ...(done.has('authorization') ? ['signed in'] : []),
    ...(done.has('token') ? ['got a token'] : []),
    ...(done.has('call') ? ['called the MCP server'] : []),
    ...(done.has('refresh') ? ['refreshed the token'] : []),
    ...new Set(steps.flatMap(cleaningOf)),
  ];
  const last = deeds.pop();
  if (last === undefined) return 'every step came to its end';
  return deeds.length === 0 ? last : `${deeds.join(', ')} and ${last}`;
}

/** What stays behind, because the server offers nothing or the user keeps it, stands in the notes. */
function cleaningOf({ id, outcome, exchanges, notes = [] }: StepRecord): readonly string[] {
  if (id !== 'cleanup' || outcome !== 'done' || exchanges.length === 0) return [];
  return [notes.length === 0 ? 'cleaned up' : 'cleaned up in part'];
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
