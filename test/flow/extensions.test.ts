import { expect, test } from 'vitest';
import type { FlowOptions } from '../../src/flow/options.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { startBoth } from './eras.ts';
import { runFlow } from './support.ts';
import { jsonOf, MCP } from './world.ts';

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** The capabilities that each request of a run to the MCP server names, once each. */
async function announced(
  flow: Partial<FlowOptions>,
  revision = '2026-07-28',
): Promise<readonly unknown[]> {
  const world = await startBoth();
  const used = findRevision(revision);
  await runFlow(world.mcpUrl, { flow: { ...flow, ...(used && { revision: used }) } });
  const all = world.hitsOf(MCP).map((hit) => {
    const { params } = jsonOf(hit) as { params?: Record<string, Record<string, unknown>> };
    return JSON.stringify(params?._meta?.[CAPABILITIES] ?? params?.capabilities);
  });
  return [...new Set(all)].map((text) => text && JSON.parse(text));
}

const enterprise = { idToken: 'id', tokenEndpoint: 'http://127.0.0.1:1/token', clientId: 'idp' };

test.each<[Partial<FlowOptions>, readonly string[]]>([
  [
    { grant: 'client_credentials', clientId: 'me', clientSecret: 's' },
    ['oauth-client-credentials'],
  ],
  [{ grant: 'enterprise', clientId: 'me', enterprise }, ['enterprise-managed-authorization']],
  [{ grant: 'jwt_bearer', assertion: 'a.b.c' }, ['auth/wif']],
  [{ dpop: true }, ['auth/dpop']],
  [
    { grant: 'client_credentials', clientId: 'me', clientSecret: 's', dpop: true },
    ['oauth-client-credentials', 'auth/dpop'],
  ],
])('every request of the newest revision announces the extensions of %j', async (flow, ids) => {
  const extensions = Object.fromEntries(ids.map((id) => [`io.modelcontextprotocol/${id}`, {}]));
  expect(await announced(flow)).toEqual([{ extensions }]);
});

test('a run without extensions announces none, and an older revision knows no such thing', async () => {
  expect(await announced({})).toEqual([{}]);
  expect(await announced({ dpop: true }, '2025-11-25')).toEqual([{}, undefined]);
});
