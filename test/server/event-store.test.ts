import { expect, test } from 'vitest';
import { createEventStore } from '../../src/server/event-store.ts';

const message = (method: string) => ({ jsonrpc: '2.0' as const, method });

/** Methods that a client which has seen `last` is sent again. */
async function replayed(
  store: ReturnType<typeof createEventStore>,
  last: string,
): Promise<readonly string[]> {
  const sent: string[] = [];
  await store.replayEventsAfter(last, {
    send: async (id, event) => void sent.push(`${id} ${'method' in event ? event.method : ''}`),
  });
  return sent;
}

test('a stream is read on from the event that was seen last, and no other stream is', async () => {
  const store = createEventStore();
  const first = await store.storeEvent('one', message('a'));
  await store.storeEvent('two', message('b'));
  const third = await store.storeEvent('one', message('c'));
  expect(await replayed(store, first)).toEqual([`${third} c`]);
  expect(await store.getStreamIdForEventId?.(third)).toBe('one');
});

test('what nobody sent is followed by nothing', async () => {
  const store = createEventStore();
  await store.storeEvent('one', message('a'));
  expect(await replayed(store, '99')).toEqual([]);
  expect(await store.getStreamIdForEventId?.('99')).toBeUndefined();
});

test('a session of very many events remembers the latest', async () => {
  const store = createEventStore();
  const first = await store.storeEvent('one', message('a'));
  for (let count = 0; count < 1000; count += 1) await store.storeEvent('one', message('b'));
  expect(await store.getStreamIdForEventId?.(first)).toBeUndefined();
  expect(await store.getStreamIdForEventId?.('2')).toBe('one');
});
