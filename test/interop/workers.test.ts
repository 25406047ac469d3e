import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Performed } from '../../src/flow/perform.ts';
import { ALL_DONE, findingsIn, runHeadlessly, stepsIn } from './run.ts';
import { leakedFrom, secretsIn } from './secrets.ts';
import { type LoggedServer, listenAndLog, sentTo } from './server-log.ts';
import { createWorker } from './workers-application.ts';

let server: LoggedServer;
let performed: Performed;

beforeAll(async () => {
  server = await listenAndLog();
  server.use(await createWorker(server.origin));
  performed = await runHeadlessly(
    `${server.origin}/mcp`,
    { username: 'alice', password: 'is not asked for' },
    { flow: { call: { tool: 'echo', arguments: { text: 'hello' } } } },
  );
});

afterAll(() => server.close());

test('the whole sequence completes against the OAuth provider of Cloudflare Workers', () => {
  const { outcome, reason } = performed.trace.sequence_summary;
  expect(reason).toBeNull();
  expect(outcome).toBe('completed');
  expect(stepsIn(performed.trace)).toEqual(ALL_DONE);
});

test('the trace holds every request that the server saw, and no more', () => {
  expect([...sentTo(performed.trace, [server])].sort()).toEqual([...server.seen].sort());
});

test('no secret of the run stands in the redacted trace', () => {
  expect(secretsIn(performed.trace).size).toBeGreaterThan(6);
  expect(leakedFrom(performed.trace)).toEqual([]);
});

test('what the rules find is true', () => {
  // It fetches client ID metadata documents in the Workers runtime alone, has no management of
  // registrations, and writes token_type in small letters.
  expect(findingsIn(performed.trace)).toEqual([
    'warning asm-cimd-unsupported',
    'info dcr-no-cleanup',
    'info token-type-nonstandard-case',
  ]);
});
