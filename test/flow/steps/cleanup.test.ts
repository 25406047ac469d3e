import { describe, expect, test } from 'vitest';
import { runFlow } from '../support.ts';
import {
  ASM,
  formOf,
  REGISTER,
  type Route,
  type Routes,
  registered,
  serverMetadata,
  startWorld,
} from '../world.ts';

async function run(routes: Routes, options: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, options)) };
}

const DELETE = 'DELETE /clients/client-1';
const REVOKE = 'POST /revoke';

const withMetadata =
  (change: Record<string, unknown>): Route =>
  (_, world) => ({ json: { ...serverMetadata(world), ...change } });

describe('at the end', () => {
  test('both tokens are revoked, the refresh token first, then the client is deleted', async () => {
    const { world, wire, step } = await run({});
    expect(wire('cleanup')).toEqual([
      'POST /revoke -> 200',
      'POST /revoke -> 200',
      'DELETE /clients/client-1 -> 204',
    ]);
    expect(world.hitsOf(REVOKE).map(formOf)).toEqual([
      { client_id: 'client-1', token: 'refresh-2', token_type_hint: 'refresh_token' },
      { client_id: 'client-1', token: 'access-2', token_type_hint: 'access_token' },
    ]);
    expect(world.hitsOf(DELETE)[0]?.headers.authorization).toBe('Bearer registration-token-1');
    expect(step('cleanup').notes).toBeUndefined();
  });

  test('nothing is sent with --keep, and what stays is said', async () => {
    const { wire, step } = await run({}, { flow: { keep: true } });
    expect(wire('cleanup')).toEqual([]);
    expect(step('cleanup')).toMatchObject({ outcome: 'skipped' });
    expect(step('cleanup').reason).toMatch(/client "client-1".*token/);
  });

  test('tokens that cannot be revoked are told', async () => {
    const { outcome, notes, wire } = await run({
      [ASM]: withMetadata({ revocation_endpoint: undefined }),
    });
    expect(outcome).toBe('completed');
    expect(notes('cleanup')).toContain('the tokens stay valid');
    expect(wire('cleanup')).toEqual(['DELETE /clients/client-1 -> 204']);
  });

  test('a client that cannot be deleted is told', async () => {
    const { outcome, notes } = await run({
      [REGISTER]: (hit, world) => ({
        status: 201,
        json: { ...registered(hit, world), registration_client_uri: undefined },
      }),
    });
    expect(outcome).toBe('completed');
    expect(notes('cleanup')).toContain('"client-1" stays registered');
  });

  test('a client of the user stays, without a word', async () => {
    const { wire, step } = await run({}, { flow: { clientId: 'mine' } });
    expect(wire('cleanup')).toEqual(['POST /revoke -> 200', 'POST /revoke -> 200']);
    expect(step('cleanup').notes).toBeUndefined();
  });

  test.each<[string, Routes, string]>([
    [
      'a refused revocation',
      {
        [REVOKE]: {
          status: 400,
          json: { error: 'unsupported_token_type', error_description: 'no JWT' },
        },
      },
      'the access_token was not revoked: the revocation endpoint answered 400 "unsupported_token_type": "no JWT"',
    ],
    ['a failing revocation', { [REVOKE]: { status: 500 } }, 'the revocation endpoint answered 500'],
    ['a broken revocation', { [REVOKE]: 'reset' }, 'ECONNRESET'],
    [
      'a revocation endpoint that is no URL',
      { [ASM]: withMetadata({ revocation_endpoint: 'javascript:alert(1)' }) },
      'not revoked',
    ],
    ['a refused deletion', { [DELETE]: { status: 403 } }, 'deletion gave 403'],
    ['no deletion', { [DELETE]: { status: 405 } }, 'the server offers no deletion (405)'],
    ['a broken deletion', { [DELETE]: 'reset' }, 'may stay'],
    [
      'a deletion that leads nowhere',
      {
        [REGISTER]: (hit, world) => ({
          status: 201,
          json: { ...registered(hit, world), registration_client_uri: 'file:///etc/passwd' },
        }),
      },
      'file:///etc/passwd',
    ],
  ])('%s is told and fails nothing', async (_, routes, seen) => {
    const { outcome, notes, crash } = await run(routes);
    expect({ outcome, crash }).toEqual({ outcome: 'completed', crash: undefined });
    expect(notes('cleanup')).toContain(seen);
  });

  test('the registration token never goes to another origin than the registration did', async () => {
    const other = await startWorld();
    const { notes } = await run({
      [REGISTER]: (hit, world) => ({
        status: 201,
        json: {
          ...registered(hit, world),
          registration_client_uri: `${other.origin}/clients/client-1`,
        },
      }),
    });
    expect(other.hits).toEqual([]);
    expect(notes('cleanup')).toContain(other.origin);
  });
});
