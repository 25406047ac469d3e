import { LEFT } from '../http/http.ts';
import { type EnvelopeContext, sessionHeaders } from './envelope.ts';
import { createMessageReader } from './events.ts';
import { type Line, replier, sendAs } from './exchange.ts';

/** A stream that stays open until it is closed. */
export interface StandingStream {
  /** Leaves it; resolves once it is in the log. */
  close(): Promise<void>;
}

/**
 * Opens the stream on which a legacy server asks something on its own, and answers there. Resolves
 * once the server has answered; one without such a stream says 405, and that is all.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */
export async function openStandingStream(
  line: Line,
  context: EnvelopeContext,
): Promise<StandingStream> {
  const leaving = new AbortController();
  const replies = replier(line, context);
  const reader = createMessageReader(undefined, replies.answer);
  let opened: () => void = () => {};
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const stream = sendAs(line, {
    headers: [['accept', 'text/event-stream'], ...sessionHeaders(context)],
    signal: leaving.signal,
    readAs: (headers) => {
      opened();
      return reader.readAs(headers);
    },
  }).catch(() => undefined);
  await Promise.race([isOpen, stream]);
  return {
    close: async () => {
      leaving.abort(LEFT);
      await stream;
      await replies.sent();
    },
  };
}
