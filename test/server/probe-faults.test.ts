/** What a probe sees of the faults that a well-behaved client never meets. */
import { expect, test } from 'vitest';
import { FAULTS } from '../../src/server/faults.ts';
import { startServer } from '../../src/server/start.ts';
import { AUTHORIZATION_PROBES } from './authorization-probes.ts';
import { CALL_PROBES } from './call-probes.ts';
import { approve, authorizeUrl, register } from './client.ts';
import { VERIFIER } from './probe.ts';
import { testClock } from './support.ts';

const PROBES = { ...AUTHORIZATION_PROBES, ...CALL_PROBES };

async function seen(id: string, faults: readonly string[]): Promise<unknown> {
  const clock = testClock();
  const server = await startServer({ faults, now: clock.now, allowLoopbackClientMetadata: true });
  try {
    return await PROBES[id]?.see({ server, advance: clock.advance });
  } finally {
    await server.close();
  }
}

test('every fault that needs a probe has one', () => {
  const ids = FAULTS.filter(({ needs }) => needs === 'probe').map(({ id }) => id);
  expect(Object.keys(PROBES).sort()).toEqual([...ids].sort());
});

test.each(Object.keys(PROBES))('a probe sees %s, and sees nothing without it', async (id) => {
  expect([await seen(id, []), await seen(id, [id])]).toEqual([
    PROBES[id]?.right,
    PROBES[id]?.wrong,
  ]);
});

test('an approval is asked for all the same when a check is left out', async () => {
  const server = await startServer({ faults: ['authz-pkce-not-required'] });
  const { document } = await register(server);
  const url = authorizeUrl(server, String(document.client_id), VERIFIER, {
    code_challenge: undefined,
    code_challenge_method: undefined,
  });
  const { location } = await approve(url);
  await server.close();
  expect(location).toContain('code=');
});
