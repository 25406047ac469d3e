/** Each switch of the table of revisions, and what it changes on the wire. */
import { describe, expect, test } from 'vitest';
import type { FlowOptions } from '../../src/flow/options.ts';
import { findRevision, REVISIONS, type Revision } from '../../src/spec/revisions.ts';
import { headerValue } from '../../src/trace/headers.ts';
import { answerEither, callbackWith, metadataWith, startBoth } from './eras.ts';
import { type Result, runFlow } from './support.ts';
import {
  ASM,
  AUTHORIZE,
  formOf,
  guarded,
  jsonOf,
  MCP,
  OIDC,
  PRM,
  REGISTER,
  type Routes,
  TOKEN,
  type World,
} from './world.ts';

/** The letters of the revisions for which something holds, in a run of each. */
async function lettersWhere(
  holds: (run: Result & { readonly world: World }) => boolean,
  routes: Routes = {},
  flow: Partial<FlowOptions> = {},
): Promise<string> {
  const letters: string[] = [];
  for (const revision of REVISIONS) {
    const world = await startBoth(routes);
    const result = await runFlow(world.mcpUrl, { flow: { revision, ...flow } });
    if (holds({ ...result, world })) letters.push(revision.letter);
  }
  return letters.join('');
}

const queryOf = ({ hitsOf }: World): URLSearchParams | undefined =>
  hitsOf(AUTHORIZE)[0]?.url.searchParams;

/** One row for each switch: the revisions that have it, told from the wire alone. */
const SWITCHES: readonly (readonly [
  name: keyof Revision,
  says: string,
  letters: string,
  holds: (run: Result & { readonly world: World }) => boolean,
  routes?: Routes,
])[] = [
  [
    'resourceMetadata',
    'reads the protected resource metadata',
    'BCD',
    ({ world }) => world.hitsOf(PRM).length > 0,
  ],
  [
    'openidDiscovery',
    'takes an OpenID configuration for the metadata',
    'CD',
    ({ world, outcome }) => outcome === 'completed' && world.hitsOf(OIDC).length > 0,
    {
      [ASM]: { status: 404 },
      [OIDC]: (_, world) => ({ json: { ...documentOf(world) } }),
    },
  ],
  [
    'resourceParameter',
    'names the resource in the authorization and the token request',
    'BCD',
    ({ world }) =>
      queryOf(world)?.get('resource') === world.mcpUrl &&
      world.hitsOf(TOKEN).every((hit) => formOf(hit).resource === world.mcpUrl),
  ],
  [
    'refusesWithoutPkceMethods',
    'stops where the metadata does not promise S256',
    'CD',
    ({ outcome }) => outcome === 'refused',
    metadataWith({ code_challenge_methods_supported: undefined }),
  ],
  [
    'offlineAccess',
    'adds offline_access where the server lists it',
    'D',
    ({ world }) => queryOf(world)?.get('scope')?.includes('offline_access') === true,
    metadataWith({ scopes_supported: ['read', 'write', 'offline_access'] }),
  ],
  [
    'applicationType',
    'registers as a native application',
    'D',
    ({ world }) => world.hitsOf(REGISTER).some((hit) => jsonOf(hit).application_type === 'native'),
  ],
  [
    'issChecked',
    'stops at the issuer of another server',
    'D',
    ({ outcome }) => outcome === 'refused',
    callbackWith({ iss: 'https://evil.test' }),
  ],
  [
    'versionHeader',
    'names the version in a header of the tool list',
    'BCD',
    ({ exchanges, world }) =>
      exchanges('call').some(
        ({ request }) =>
          request.url === world.mcpUrl &&
          request.body?.text?.includes('"tools/list"') === true &&
          headerValue(request.headers, 'mcp-protocol-version') !== undefined,
      ),
  ],
  [
    'versionHeaderOnDiscovery',
    'names the version in a header of the metadata request',
    'A',
    ({ world }) => world.hitsOf(ASM).some(({ headers }) => headers['mcp-protocol-version']),
  ],
  [
    'era',
    'begins with a discovery instead of a handshake',
    'D',
    ({ world }) => jsonOf(world.hitsOf(MCP)[0]!).method === 'server/discover',
  ],
];

function documentOf({ origin }: World): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    code_challenge_methods_supported: ['S256'],
  };
}

describe('a run in a revision', () => {
  for (const [name, says, letters, holds, routes] of SWITCHES)
    test(`${says} where ${name} says so: ${letters}`, async () => {
      expect(await lettersWhere(holds, routes)).toBe(letters);
      const rows = REVISIONS.filter((revision) => isOn(revision, name));
      expect(rows.map(({ letter }) => letter).join('')).toBe(letters);
    });

  test('that asks for the challenge alone repeats the refused call, one of the union lists again', async () => {
    const seen: Record<string, readonly string[]> = {};
    for (const revision of REVISIONS) {
      const world = await startBoth({ [MCP]: wantsMoreForCalls() });
      const { outcome } = await runFlow(world.mcpUrl, {
        flow: { revision, call: { tool: 'echo', arguments: {} } },
      });
      expect(outcome).toBe('completed');
      const second = world.hitsOf(AUTHORIZE)[1]?.url.searchParams.get('scope') ?? '';
      seen[revision.stepUpScope] = second.split(' ').sort();
    }
    expect(seen).toEqual({ challenge: ['call'], union: ['call', 'read', 'write'] });
  });

  test('draft is another name of the newest', () => {
    expect(findRevision('draft')).toBe(REVISIONS.at(-1));
  });
});

function isOn(revision: Revision, name: keyof Revision): boolean {
  const value = revision[name];
  return value === true || value === 'modern';
}

/** Refuses the first call of a tool for lack of scope. */
function wantsMoreForCalls(): Routes[string] {
  let isRefused = false;
  return guarded((hit) => {
    if (jsonOf(hit).method !== 'tools/call' || isRefused) return answerEither(hit);
    isRefused = true;
    return {
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="call"' },
    };
  });
}
