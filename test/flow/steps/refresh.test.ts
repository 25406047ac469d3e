import { describe, expect, test } from 'vitest';
import { runFlow } from '../support.ts';
import {
  answerRpc,
  formOf,
  guarded,
  MCP,
  type Reply,
  type Routes,
  startWorld,
  TOKEN,
} from '../world.ts';

async function run(routes: Routes, options: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, options)) };
}

const first = { access_token: 'access-1', token_type: 'Bearer', refresh_token: 'refresh-1' };

/** Answers the refresh otherwise. */
const refreshing = (reply: Reply): Routes => ({
  [TOKEN]: (hit) => (formOf(hit).grant_type === 'refresh_token' ? reply : { json: first }),
});

/** Accepts these tokens only. */
const accepting = (...tokens: readonly string[]): Routes => ({
  [MCP]: guarded((hit) =>
    tokens.some((token) => hit.headers.authorization === `Bearer ${token}`)
      ? answerRpc(hit)
      : { status: 401 },
  ),
});

describe('a refresh', () => {
  test('asks with the refresh token and the resource, and calls with the new token', async () => {
    const { outcome, world } = await run({});
    expect(outcome).toBe('completed');
    const [, hit] = world.hitsOf(TOKEN);
    expect(hit && formOf(hit)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      client_id: 'client-1',
      resource: world.mcpUrl,
    });
    const tokens = world.hitsOf(MCP).map(({ headers }) => headers.authorization);
    expect(new Set(tokens)).toEqual(new Set([undefined, 'Bearer access-1', 'Bearer access-2']));
  });

  test('is skipped where no refresh token came', async () => {
    const { outcome, step, trace } = await run({
      [TOKEN]: { json: { ...first, refresh_token: undefined } },
    });
    expect(outcome).toBe('completed');
    expect(step('refresh')).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('no refresh token'),
    });
    expect(trace.sequence_summary.refresh_token_received).toBe(false);
  });

  test('keeps the old refresh token where no new one came, and notes it', async () => {
    const { outcome, notes, world } = await run(
      refreshing({ json: { access_token: 'access-2', token_type: 'Bearer' } }),
    );
    expect(outcome).toBe('completed');
    expect(notes('refresh')).toContain('the old one is kept');
    const revoked = world.hitsOf('POST /revoke').map((hit) => formOf(hit).token);
    expect(revoked).toEqual(['refresh-1', 'access-2']);
  });

  test('that is refused fails the run, and the tokens there were are revoked', async () => {
    const { outcome, failedStep, reason, world } = await run(
      refreshing({ status: 400, json: { error: 'invalid_grant' } }),
    );
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'refresh' });
    expect(reason).toContain('invalid_grant');
    const revoked = world.hitsOf('POST /revoke').map((hit) => formOf(hit).token);
    expect(revoked).toEqual(['refresh-1', 'access-1']);
  });

  test('whose token is not accepted fails the run, and the new tokens are revoked', async () => {
    const { outcome, failedStep, world } = await run(accepting('access-1'));
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'refresh' });
    const revoked = world.hitsOf('POST /revoke').map((hit) => formOf(hit).token);
    expect(revoked).toEqual(['refresh-2', 'access-2']);
  });
});
