import { setTimeout as pause } from 'node:timers/promises';
import { type EnvelopeContext, sessionHeaders } from './envelope.ts';
import type { MessageReader } from './events.ts';
import { type Line, sendAs } from './exchange.ts';

/** Times a stream is taken up again before its response counts as lost. */
const MOST_RECONNECTIONS = 5;

/** Milliseconds that a server may have a client wait; longer, and nobody would. */
const LONGEST_PAUSE = 60_000;

/**
 * Reads on where a legacy server ended an event stream before the awaited response came: after the
 * pause it asks for, from the last event it numbered. Streams of the newest revision are not resumable.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 */
export async function readOn(
  line: Line,
  reader: MessageReader,
  context: EnvelopeContext,
): Promise<void> {
  if (context.revision.era !== 'legacy') return;
  for (let times = 0; times < MOST_RECONNECTIONS; times += 1) {
    const position = reader.position();
    if (!position || position.retry > LONGEST_PAUSE) return;
    await pause(position.retry, undefined, { ...(line.signal && { signal: line.signal }) });
    const { status } = await sendAs(line, {
      headers: [
        ['accept', 'text/event-stream'],
        ['last-event-id', position.lastEventId],
        ...sessionHeaders(context),
      ],
      readAs: reader.readAs,
    });
    if (status !== 200) return;
  }
}
