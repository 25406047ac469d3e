import { expect, test } from 'vitest';
import type { Inbound } from '../../src/server/answer.ts';
import { createExchangeLog } from '../../src/server/exchange-log.ts';

const INBOUND: Inbound = {
  method: 'POST',
  url: new URL('http://127.0.0.1:1/mcp?a=b'),
  headers: [['Content-Type', 'application/json']],
  body: '{}',
  remoteAddress: '127.0.0.1:2',
  tls: null,
  startedAt: 0,
};

const ANSWER = { kind: 'mcp', status: 202, headers: [] } as const;

test('an exchange keeps headers as they came and bodies with size and hash', async () => {
  const log = createExchangeLog();
  await log.watch(async () => ANSWER)(INBOUND);
  expect(log.exchanges[0]).toMatchObject({
    id: 1,
    request: {
      method: 'POST',
      url: 'http://127.0.0.1:1/mcp?a=b',
      headers: [['Content-Type', 'application/json']],
      body: {
        media_type: 'application/json',
        size: 2,
        sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        text: '{}',
      },
    },
    response: { status: 202, headers: [], body: null },
  });
});

test('a server that runs for long forgets the oldest exchanges, and counts on', async () => {
  const log = createExchangeLog();
  const respond = log.watch(async () => ANSWER);
  for (let count = 0; count < 10_002; count += 1) await respond(INBOUND);
  expect(log.exchanges).toHaveLength(10_000);
  expect([log.exchanges[0]?.id, log.exchanges.at(-1)?.id]).toEqual([3, 10_002]);
});
