import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Performed } from '../../src/flow/perform.ts';
import { createMcpServer, createProvider } from './oidc-application.ts';
import { ALL_DONE, findingsIn, runHeadlessly, stepsIn } from './run.ts';
import { leakedFrom, secretsIn } from './secrets.ts';
import { type LoggedServer, listenAndLog, sentTo } from './server-log.ts';

let authorization: LoggedServer;
let resource: LoggedServer;
let performed: Performed;

beforeAll(async () => {
  authorization = await listenAndLog();
  resource = await listenAndLog();
  authorization.use(createProvider(authorization.origin, `${resource.origin}/mcp`));
  resource.use(createMcpServer(resource.origin, authorization.origin));
  performed = await runHeadlessly(
    `${resource.origin}/mcp`,
    { username: 'alice', password: 'a password nobody guesses' },
    { flow: { call: { tool: 'echo', arguments: { text: 'hello' } } } },
  );
});

afterAll(async () => {
  await authorization.close();
  await resource.close();
});

test('the whole sequence completes against oidc-provider and an MCP server of the v1 SDK', () => {
  const { outcome, reason } = performed.trace.sequence_summary;
  expect(reason).toBeNull();
  expect(outcome).toBe('completed');
  expect(stepsIn(performed.trace)).toEqual(ALL_DONE);
});

test('the trace holds every request that the servers saw, and no more', () => {
  const sent = sentTo(performed.trace, [authorization, resource]);
  // The MCP server itself fetches the keys it verifies tokens with.
  const seen = [...authorization.seen, ...resource.seen].filter((line) => !line.includes('/jwks '));
  expect([...sent].sort()).toEqual(seen.sort());
});

test('no secret of the run stands in the redacted trace', () => {
  expect(secretsIn(performed.trace).size).toBeGreaterThan(10);
  const known = [{ kind: 'password', value: 'a password nobody guesses' }];
  expect(leakedFrom(performed.trace, known)).toEqual([]);
});

test('what the rules find is true', () => {
  // oidc-provider knows no client ID metadata documents as set up here, lists the implicit grant, and
  // grants tools where tools offline_access was asked for; the SDK's middleware says invalid_token to
  // a request without a token.
  expect(findingsIn(performed.trace)).toEqual([
    'warning asm-cimd-unsupported',
    'warning asm-deprecated-grants',
    'info challenge-error-without-credentials',
    'info token-scope-differs',
  ]);
});
