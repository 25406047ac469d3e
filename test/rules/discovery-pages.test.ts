import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizationServersRules } from '../../src/rules/authorization-servers.ts';
import { challengeRules } from '../../src/rules/challenge.ts';
import { challengeScopeRules } from '../../src/rules/challenge-scope.ts';
import { clientIntroductionRules } from '../../src/rules/client-introduction.ts';
import { issuerRules } from '../../src/rules/issuer.ts';
import { judge } from '../../src/rules/judge.ts';
import { metadataMembersRules } from '../../src/rules/metadata-members.ts';
import { metadataPointerRules } from '../../src/rules/metadata-pointer.ts';
import { networkRules } from '../../src/rules/network.ts';
import { openidMetadataRules } from '../../src/rules/openid-metadata.ts';
import { resourceIdentifierRules } from '../../src/rules/resource-identifier.ts';
import { resourceMetadataRules } from '../../src/rules/resource-metadata.ts';
import { serverCapabilitiesRules } from '../../src/rules/server-capabilities.ts';
import { serverEndpointsRules } from '../../src/rules/server-endpoints.ts';
import { serverMetadataRules } from '../../src/rules/server-metadata.ts';
import { unauthorizedRules } from '../../src/rules/unauthorized.ts';
import { REVISIONS } from '../../src/spec/revisions.ts';
import type { Exchange, Trace } from '../../src/trace/schema.ts';
import { edit, happyTrace, MCP_URL, marked, ORIGIN, textBody } from './support.ts';

const RULES = [
  ...unauthorizedRules,
  ...challengeRules,
  ...challengeScopeRules,
  ...metadataPointerRules,
  ...resourceMetadataRules,
  ...resourceIdentifierRules,
  ...metadataMembersRules,
  ...authorizationServersRules,
  ...serverMetadataRules,
  ...openidMetadataRules,
  ...issuerRules,
  ...serverEndpointsRules,
  ...serverCapabilitiesRules,
  ...clientIntroductionRules,
  ...networkRules,
];

const idsOf = (trace: Trace) => judge(trace, RULES).findings.map(({ rule }) => rule.id);

it.each(REVISIONS.map(({ id }) => id))('the healthy trace of %s has no findings', (revision) => {
  expect(idsOf(happyTrace(revision))).toEqual([]);
});

/** The healthy trace as a server on this machine has it. */
const onLoopback = (trace: Trace): Trace =>
  JSON.parse(
    JSON.stringify(trace)
      .replaceAll('https://api.demo.test', 'http://127.0.0.1:8000')
      .replaceAll('https://login.demo.test', 'http://127.0.0.1:9000')
      .replaceAll(
        encodeURIComponent('https://api.demo.test'),
        encodeURIComponent('http://127.0.0.1:8000'),
      )
      .replaceAll(
        encodeURIComponent('https://login.demo.test'),
        encodeURIComponent('http://127.0.0.1:9000'),
      )
      .replaceAll('203.0.113.7:443', '127.0.0.1:8000'),
  );

it.each(REVISIONS.map(({ id }) => id))(
  'a healthy server on loopback has none on %s',
  (revision) => {
    expect(idsOf(onLoopback(happyTrace(revision)))).toEqual([]);
  },
);

describe('one fact gives one finding', () => {
  const pointerGone = edit().status('prm', 404);
  it.each([
    [
      'a slash at the end of resource',
      edit().body('prm', { resource: `${MCP_URL}/` }),
      ['resource-trailing-slash'],
    ],
    [
      'only the origin as resource',
      edit().body('prm', { resource: ORIGIN }),
      ['prm-resource-parent-path'],
    ],
    [
      'resource over http',
      edit().body('prm', { resource: MCP_URL.replace('https', 'http') }),
      ['prm-scheme-downgrade'],
    ],
    [
      'a relative resource',
      edit().body('prm', { resource: '/team/mcp' }),
      ['prm-resource-invalid-uri'],
    ],
    [
      'a query in resource',
      edit().body('prm', { resource: `${MCP_URL}?version=1` }),
      ['prm-resource-invalid-uri'],
    ],
    [
      'a metadata URL for an issuer',
      edit()
        .body('prm', {
          authorization_servers: ['https://login.demo.test/.well-known/openid-configuration'],
        })
        .without('asm')
        .failedAt('server-metadata'),
      ['prm-authorization-server-not-issuer'],
    ],
    ['no resource', edit().body('prm', { resource: undefined }), ['prm-resource-mismatch']],
    [
      'no authorization servers',
      edit().body('prm', { authorization_servers: [] }),
      ['prm-authorization-servers-missing'],
    ],
    ['a mark before the metadata', edit().exchange('asm', marked), ['asm-http-format']],
    ['a pointer that answers 404', pointerGone, ['prm-http-status']],
    ['metadata behind a login', edit().status('prm', 401), ['prm-behind-auth']],
    ['a page for metadata', edit().text('prm', '<html>', 'text/html'), ['prm-html-200']],
    [
      'a bot check before the metadata',
      edit().status('prm', 403).text('prm', '<title>Just a moment...</title>', 'text/html'),
      ['edge-challenge-html'],
    ],
    [
      'a slash at the end of issuer',
      edit().body('asm', { issuer: 'https://login.demo.test/t1/' }),
      ['asm-issuer-trailing-slash'],
    ],
    [
      'http endpoints on an inner host',
      edit().body('asm', { token_endpoint: 'http://10.0.0.1/token' }),
      ['asm-endpoint-insecure'],
    ],
    [
      'no PKCE methods',
      edit().body('asm', { code_challenge_methods_supported: undefined }),
      ['asm-pkce-methods-missing'],
    ],
    [
      'empty PKCE methods',
      edit().body('asm', { code_challenge_methods_supported: [] }),
      ['asm-pkce-no-s256'],
    ],
    [
      'no way to register',
      edit()
        .without('registration')
        .body('asm', {
          registration_endpoint: undefined,
          client_id_metadata_document_supported: undefined,
        })
        .without('authorize'),
      ['asm-no-registration-path'],
    ],
    [
      'an unquoted pointer',
      edit().header(
        'challenge',
        'www-authenticate',
        `Bearer resource_metadata=${ORIGIN}/.well-known/oauth-protected-resource/team/mcp, scope="a"`,
      ),
      ['www-authenticate-malformed'],
    ],
    [
      'an empty challenge header',
      edit().header('challenge', 'www-authenticate', ''),
      ['www-authenticate-malformed'],
    ],
    [
      'a relative pointer',
      edit().header('challenge', 'www-authenticate', 'Bearer resource_metadata="/x", scope="a"'),
      ['prm-pointer-invalid'],
    ],
  ] as const)('%s', (_, { trace }, ids) => {
    expect(idsOf(trace)).toEqual(ids);
  });
});

it('junk in place of bodies, headers and URLs makes no rule throw', () => {
  const json = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        'issuer',
        'resource',
        'authorization_servers',
        'scopes_supported',
        'token_endpoint',
        'code_challenge_methods_supported',
        'grant_types_supported',
      ),
      fc.jsonValue(),
    ),
  );
  const url = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('http://', '?', 'https://[::1]'));
  const change = fc.record({
    index: fc.nat(20),
    json,
    url,
    status: fc.integer({ min: 0, max: 999 }),
    header: fc.string(),
    what: fc.nat(5),
  });
  const mutate = (
    exchange: Exchange,
    { json, url, status, header, what }: typeof change extends fc.Arbitrary<infer T> ? T : never,
  ): Exchange => {
    const response = exchange.response ?? { status, headers: [], body: null };
    const mutations: Exchange[] = [
      {
        ...exchange,
        response: { ...response, body: textBody(JSON.stringify(json), 'application/json') },
      },
      { ...exchange, request: { ...exchange.request, url } },
      { ...exchange, response: { ...response, status } },
      {
        ...exchange,
        response: {
          ...response,
          headers: [
            ['www-authenticate', header],
            ['location', url],
          ],
        },
      },
      { ...exchange, response: null },
      { ...exchange, response: { ...response, body: textBody(header, 'text/html') } },
    ];
    return mutations[what] ?? exchange;
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...REVISIONS),
      fc.array(change, { maxLength: 8 }),
      url,
      ({ id }, changes, server_url) => {
        const trace = happyTrace(id);
        const log = changes.reduce<readonly Exchange[]>(
          (all, one) =>
            all.map((exchange, index) => (index === one.index ? mutate(exchange, one) : exchange)),
          trace.trace_log,
        );
        const mutated = {
          ...trace,
          trace_log: log,
          metadata: { ...trace.metadata, ...(changes.length > 6 && { server_url }) },
        };
        expect(judge(mutated, RULES).verdicts.size).toBe(RULES.length);
      },
    ),
    { numRuns: 500 },
  );
});
