import type { EventStore } from '@modelcontextprotocol/server';

/** Events of one session that are kept for a client that comes back. */
const REMEMBERED = 1000;

/**
 * Remembers what went out on the streams of a session, so that a broken one can be read on.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 */
export function createEventStore(): EventStore {
  type Message = Parameters<EventStore['storeEvent']>[1];
  const events = new Map<string, { readonly streamId: string; readonly message: Message }>();
  let stored = 0;
  return {
    storeEvent: async (streamId, message) => {
      stored += 1;
      const id = String(stored);
      events.set(id, { streamId, message });
      events.delete(String(stored - REMEMBERED));
      return id;
    },
    getStreamIdForEventId: async (id) => events.get(id)?.streamId,
    replayEventsAfter: async (last, { send }) => {
      const streamId = events.get(last)?.streamId ?? '';
      // What opens a stream is stored as a message without content, and is not sent again.
      for (const [id, event] of events)
        if (Number(id) > Number(last) && event.streamId === streamId && 'jsonrpc' in event.message)
          await send(id, event.message);
      return streamId;
    },
  };
}
