import { describe, expect, test } from 'vitest';
import { stopTime } from '../../time.ts';
import { runFlow } from '../support.ts';
import {
  ASM,
  AUTHORIZE,
  callbackOf,
  formOf,
  type Route,
  type Routes,
  serverMetadata,
  startWorld,
  TOKEN,
} from '../world.ts';

async function run(routes: Routes, options: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, options)) };
}

const HEALTHY = {
  access_token: 'access-1',
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'refresh-1',
};

/** Issues tokens with members replaced; undefined leaves one out. */
const issuing =
  (change: Record<string, unknown>): Route =>
  () => ({ json: { ...HEALTHY, ...change } });

describe('tokens are taken though a strict client would not, which is noted:', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['expires_in as a string', { expires_in: '3600' }, /expires_in/],
    ['expires_in of another type', { expires_in: { seconds: 1 } }, /expires_in/],
    ['no token_type', { token_type: undefined }, /token_type/],
    ['a refresh token that is null', { refresh_token: null }, /refresh_token/],
    ['a scope that is a list', { scope: ['a'] }, /scope/],
  ])('%s', async (_, change, note) => {
    const { outcome, reason, crash, notes } = await run({ [TOKEN]: issuing(change) });
    expect({ outcome, reason, crash }).toEqual({
      outcome: 'completed',
      reason: null,
      crash: undefined,
    });
    expect(notes('token')).toMatch(note);
  });

  test('a media type that is not JSON', async () => {
    const { outcome } = await run({
      [TOKEN]: { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(HEALTHY) },
    });
    expect(outcome).toBe('completed');
  });

  test('201 instead of 200', async () => {
    const { outcome, notes } = await run({ [TOKEN]: { status: 201, json: HEALTHY } });
    expect(outcome).toBe('completed');
    expect(notes('token')).toContain('some clients stop here');
  });
});

describe('an ID token', () => {
  const idToken = (alg: string, iss: string): string =>
    [
      { alg },
      { iss, sub: 'alice', aud: 'client-1', iat: Date.now() / 1000, exp: Date.now() / 1000 + 600 },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
      .concat('.c2lnbmF0dXJl');
  const signedWith = (alg: string): Routes => ({
    [ASM]: (_, world) => ({
      json: { ...serverMetadata(world), id_token_signing_alg_values_supported: ['EdDSA'] },
    }),
    [TOKEN]: (_, { origin }) => ({ json: { ...HEALTHY, id_token: idToken(alg, origin) } }),
  });

  test('signed with an algorithm that the metadata lists is taken without a word', async () => {
    const { step } = await run(signedWith('EdDSA'));
    expect(step('token').notes).toBeUndefined();
  });

  test('signed with another is noted, by its name and that of the algorithms', async () => {
    const { outcome, notes } = await run(signedWith('HS256'));
    expect(outcome).toBe('completed');
    expect(notes('token')).toContain(
      'unexpected ID token "alg" header parameter "HS256", expected ["EdDSA"]',
    );
  });
});

describe('a token type in another case', () => {
  test.each(['bearer', 'BEARER'])(
    '%s is taken without a word, and sent as Bearer',
    async (type) => {
      const { outcome, step, world } = await run({ [TOKEN]: issuing({ token_type: type }) });
      expect(outcome).toBe('completed');
      expect(step('token').notes).toBeUndefined();
      expect(world.hitsOf('POST /mcp')[1]?.headers.authorization).toBe('Bearer access-1');
    },
  );
});

describe('no token fails the run', () => {
  test.each<[string, Route, string]>([
    ['invalid_client', { status: 401, json: { error: 'invalid_client' } }, '401 "invalid_client"'],
    [
      'invalid_grant with a description',
      { status: 400, json: { error: 'invalid_grant', error_description: 'used\u001b[2J' } },
      '400 "invalid_grant": "used\\u001b[2J"',
    ],
    [
      'a challenge beside the error',
      {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="x"' },
        json: { error: 'invalid_client' },
      },
      'invalid_client',
    ],
    ['200 with an error', { json: { error: 'server_error' } }, '200 "server_error"'],
    [
      'a page',
      { headers: { 'content-type': 'text/html' }, body: '<!doctype html>' },
      '200 text/html',
    ],
    ['an empty answer', {}, '200'],
    ['500', { status: 500, body: 'broken' }, '500'],
    ['a redirect', { status: 302, headers: { location: '/login' } }, '302 to "/login"'],
    ['an answer without access_token', { json: { token_type: 'Bearer' } }, 'access_token'],
    ['an empty access_token', { json: { access_token: '', token_type: 'Bearer' } }, 'access_token'],
    ['an access_token that is a number', { json: { access_token: 1 } }, 'access_token'],
    ['a form', { body: 'access_token=a&token_type=bearer' }, 'access_token'],
    ['an error that is a list', { status: 400, json: { error: ['a'] } }, '400'],
    ['a status nobody knows', { status: 999, json: { error: 'x' } }, '999'],
    ['a reset', 'reset', 'POST'],
  ])('%s', async (_, route, seen) => {
    const { outcome, failedStep, reason, crash, step, trace } = await run({ [TOKEN]: route });
    expect({ outcome, failedStep, crash }).toEqual({
      outcome: 'failed',
      failedStep: 'token',
      crash: undefined,
    });
    expect(reason).toContain(seen);
    expect(trace.sequence_summary).toMatchObject({
      auth_code_received: true,
      access_token_received: false,
    });
    expect(step('call').outcome).toBe('skipped');
    expect(step('refresh').outcome).toBe('skipped');
    // The client is deleted all the same.
    expect(step('cleanup').outcome).toBe('done');
  });

  test('silence', async () => {
    const passes = stopTime();
    const hanging: Route = () => {
      passes(2_000);
      return 'hang';
    };
    const { outcome, failedStep, reason } = await run({ [TOKEN]: hanging }, { timeout: 2_000 });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'token' });
    expect(reason).toContain('TIMEOUT');
  });

  test('nested beyond any depth', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const { outcome, crash } = await run({ [TOKEN]: { body: `{"error":${deep}}` } });
    expect({ outcome, crash }).toEqual({ outcome: 'failed', crash: undefined });
  });
});

describe('a token request', () => {
  test('is a form that asks for JSON', async () => {
    const { world } = await run({});
    expect(world.hitsOf(TOKEN)[0]?.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/),
      accept: 'application/json',
      'user-agent': 'test/1',
    });
  });

  test('goes to the endpoint as the metadata spells it, query included', async () => {
    const { world, outcome } = await run({
      [ASM]: (_, world) => ({
        json: { ...serverMetadata(world), token_endpoint: `${world.origin}/token?tenant=a%20b` },
      }),
    });
    expect(outcome).toBe('completed');
    expect(world.hitsOf(TOKEN)[0]?.url.search).toBe('?tenant=a%20b');
  });

  test('carries a code with any characters', async () => {
    const code = 'a+b/c=d&e f%g"é';
    const { world, outcome } = await run({ [AUTHORIZE]: (hit) => callbackOf(hit, { code }) });
    expect(outcome).toBe('completed');
    const [hit] = world.hitsOf(TOKEN);
    expect(hit && formOf(hit).code).toBe(code);
  });
});

test('a token that no header can carry fails the call, not the program', async () => {
  const { outcome, failedStep, crash } = await run({
    [TOKEN]: issuing({ access_token: 'a\r\nx-injected: 1' }),
  });
  expect({ outcome, failedStep, crash }).toEqual({
    outcome: 'failed',
    failedStep: 'call',
    crash: undefined,
  });
});
