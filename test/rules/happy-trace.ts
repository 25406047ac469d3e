import type { Body, Exchange, Header, StepId, Trace } from '../../src/trace/schema.ts';
import { STEP_IDS, TRACE_VERSION } from '../../src/trace/schema.ts';
import {
  accessToken,
  CHALLENGE,
  CLIENT_ID,
  CODE,
  ISSUED_AT,
  issuerOf,
  MCP_URL,
  ORIGIN,
  REDIRECT_URI,
  type Revision,
  STATE,
  serverMetadata,
  VERIFIER,
} from './happy-world.ts';

/** The exchanges of the healthy trace by name, and their ids, which edits never change. */
export const PARTS = {
  challenge: 1,
  prm: 2,
  asm: 3,
  registration: 4,
  authorize: 5,
  login: 6,
  'consent-page': 7,
  consent: 8,
  callback: 9,
  token: 10,
  /** `initialize`, or `server/discover` on 2026-07-28. */
  hello: 11,
  /** `notifications/initialized`; not on 2026-07-28. */
  initialized: 12,
  list: 13,
  call: 14,
  refresh: 15,
  /** `tools/list` with the refreshed token. */
  'refreshed-list': 16,
  /** DELETE of the session; not on 2026-07-28. */
  goodbye: 17,
  revocation: 18,
  deletion: 19,
} as const;

export type Part = keyof typeof PARTS;

/** A complete, unredacted trace with which no rule finds fault. */
export function happyTrace(revision: Revision = '2025-11-25'): Trace {
  const modern = revision === '2026-07-28';
  const log = [
    challenge(revision),
    ...(revision === '2025-03-26' ? [] : [resourceMetadata()]),
    metadata(revision),
    registration(revision),
    ...approval(revision),
    ...tokens(revision),
    ...(modern ? modernCalls() : legacyCalls(revision)),
    ...farewell(revision),
  ].sort((a, b) => a.id - b.id);
  return {
    trace_version: TRACE_VERSION,
    metadata: {
      tool: { name: 'mcp-oauth-trace', version: '0.1.0' },
      server_url: MCP_URL,
      timestamp: ISSUED_AT,
      duration_ms: 412,
      total_requests: log.length,
      username: 'testuser',
      client: 'mcp-oauth-trace',
      revision: { asked: revision, used: revision },
      consent: 'form',
      source: 'trace',
      redacted: false,
    },
    sequence_summary: {
      outcome: 'completed',
      failed_step: null,
      reason: null,
      client_id: CLIENT_ID,
      auth_code_received: true,
      access_token_received: true,
      refresh_token_received: true,
      steps: STEP_IDS.map((id) => ({
        id,
        outcome: 'done',
        reason: null,
        exchanges: log.filter((exchange) => exchange.step === id).map((exchange) => exchange.id),
        duration_ms: 40,
      })),
    },
    secrets: [],
    trace_log: log,
  };
}

const JSON_HEADERS: readonly Header[] = [['content-type', 'application/json']];
const HTML: readonly Header[] = [['content-type', 'text/html; charset=utf-8']];
const SECRET_HEADERS: readonly Header[] = [...JSON_HEADERS, ['cache-control', 'no-store']];

/** One exchange; `request.url` and `response.status` are what most of them differ in. */
export function exchangeOf(
  part: Part,
  step: StepId,
  request: { method?: string; url: string; headers?: readonly Header[]; body?: Body | null },
  response: { status: number; headers?: readonly Header[]; body?: Body | null },
  channel: Exchange['channel'] = 'back',
): Exchange {
  return {
    id: PARTS[part],
    step,
    channel,
    caused_by: null,
    started_at: ISSUED_AT,
    timing: { dns_ms: 0, connect_ms: 1, tls_ms: 1, wait_ms: 8, receive_ms: 1, total_ms: 11 },
    connection: {
      remote_address: '203.0.113.7:443',
      http_version: '1.1',
      tls: request.url.startsWith('https:')
        ? {
            protocol: 'TLSv1.3',
            cipher: 'TLS_AES_128_GCM_SHA256',
            authorized: true,
            authorization_error: null,
            certificate: null,
          }
        : null,
    },
    request: { method: 'GET', headers: [], body: null, ...request },
    response: { headers: [], body: null, ...response },
    failure: null,
  };
}

/** A body of text. */
export function textBody(text: string, mediaType: string): Body {
  return { media_type: mediaType, size: Buffer.byteLength(text), text };
}

/** A JSON body. */
export function jsonBody(value: unknown): Body {
  return textBody(JSON.stringify(value), 'application/json');
}

/** A form body. */
export function formBody(fields: Readonly<Record<string, string>>): Body {
  return textBody(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
}

const FORM: readonly Header[] = [['content-type', 'application/x-www-form-urlencoded']];

function challenge(revision: Revision): Exchange {
  const pointer = `resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/team/mcp"`;
  return rpc(
    'challenge',
    'challenge',
    revision,
    hello(revision),
    {
      status: 401,
      headers: [
        [
          'www-authenticate',
          `Bearer ${revision === '2025-03-26' ? '' : `${pointer}, `}scope="notes.read"`,
        ],
      ],
    },
    { token: null, session: false },
  );
}

function resourceMetadata(): Exchange {
  return exchangeOf(
    'prm',
    'resource-metadata',
    { url: `${ORIGIN}/.well-known/oauth-protected-resource/team/mcp` },
    {
      status: 200,
      headers: JSON_HEADERS,
      body: jsonBody({
        resource: MCP_URL,
        authorization_servers: ['https://login.demo.test/t1'],
        scopes_supported: ['notes.read', 'notes.write'],
        bearer_methods_supported: ['header'],
      }),
    },
  );
}

function metadata(revision: Revision): Exchange {
  const old = revision === '2025-03-26';
  const url = old
    ? `${ORIGIN}/.well-known/oauth-authorization-server`
    : 'https://login.demo.test/.well-known/oauth-authorization-server/t1';
  return exchangeOf(
    'asm',
    'server-metadata',
    { url, headers: old ? [['mcp-protocol-version', revision]] : [] },
    { status: 200, headers: JSON_HEADERS, body: jsonBody(serverMetadata(revision)) },
  );
}

function registration(revision: Revision): Exchange {
  const client = {
    client_name: 'mcp-oauth-trace',
    application_type: 'native',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  return exchangeOf(
    'registration',
    'registration',
    {
      method: 'POST',
      url: `${issuerOf(revision)}/clients`,
      headers: JSON_HEADERS,
      body: jsonBody(client),
    },
    {
      status: 201,
      headers: SECRET_HEADERS,
      body: jsonBody({
        ...client,
        client_id: CLIENT_ID,
        client_id_issued_at: Date.parse(ISSUED_AT) / 1000,
        registration_client_uri: `${issuerOf(revision)}/clients/${CLIENT_ID}`,
        registration_access_token: 'reg-4mB7Qz1Lx0Vt9Hs2Wn6Kd3Pf8Jc5Ry',
      }),
    },
  );
}

function scopeOf(revision: Revision): string {
  return revision === '2026-07-28' ? 'notes.read offline_access' : 'notes.read';
}

function resourceOf(revision: Revision): Readonly<Record<string, string>> {
  return revision === '2025-03-26' ? {} : { resource: MCP_URL };
}

function approval(revision: Revision): readonly Exchange[] {
  const issuer = issuerOf(revision);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    scope: scopeOf(revision),
    state: STATE,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...resourceOf(revision),
  });
  const callback = `${REDIRECT_URI}?${new URLSearchParams({ code: CODE, state: STATE, iss: issuer })}`;
  const page = (name: string): Body =>
    textBody(`<form method="post" action="${name}"><button>Go on</button></form>`, 'text/html');
  const front = (
    part: Part,
    request: Parameters<typeof exchangeOf>[2],
    response: Parameters<typeof exchangeOf>[3],
  ): Exchange => exchangeOf(part, 'authorization', request, response, 'front');
  return [
    front(
      'authorize',
      { url: `${issuer}/authorize?${query}` },
      { status: 200, headers: HTML, body: page('login') },
    ),
    front(
      'login',
      {
        method: 'POST',
        url: `${issuer}/login`,
        headers: FORM,
        body: formBody({ username: 'testuser', password: 'testpass' }),
      },
      { status: 303, headers: [['location', `${issuer}/consent`]] },
    ),
    front(
      'consent-page',
      { url: `${issuer}/consent` },
      { status: 200, headers: HTML, body: page('consent') },
    ),
    front(
      'consent',
      {
        method: 'POST',
        url: `${issuer}/consent`,
        headers: FORM,
        body: formBody({ approve: 'yes' }),
      },
      { status: 303, headers: [['location', callback]] },
    ),
    exchangeOf(
      'callback',
      'authorization',
      { url: callback },
      { status: 200, headers: HTML, body: textBody('<p>Done.</p>', 'text/html') },
      'loopback',
    ),
  ];
}

function tokens(revision: Revision): readonly Exchange[] {
  const issue = (part: Part, step: StepId, form: Readonly<Record<string, string>>, nth: number) =>
    exchangeOf(
      part,
      step,
      {
        method: 'POST',
        url: `${issuerOf(revision)}/token`,
        headers: FORM,
        body: formBody({ ...form, client_id: CLIENT_ID, ...resourceOf(revision) }),
      },
      {
        status: 200,
        headers: SECRET_HEADERS,
        body: jsonBody({
          access_token: accessToken(revision, nth, scopeOf(revision)),
          token_type: 'Bearer',
          expires_in: 3600,
          refresh_token: refreshToken(nth),
          scope: scopeOf(revision),
        }),
      },
    );
  return [
    issue(
      'token',
      'token',
      {
        grant_type: 'authorization_code',
        code: CODE,
        redirect_uri: REDIRECT_URI,
        code_verifier: VERIFIER,
      },
      1,
    ),
    issue('refresh', 'refresh', { grant_type: 'refresh_token', refresh_token: refreshToken(1) }, 2),
  ];
}

function refreshToken(nth: number): string {
  return `rt-${nth}-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y`;
}

interface RpcOptions {
  readonly token?: number | null;
  readonly session?: boolean;
}

/** One JSON-RPC message and its answer, with the headers of its revision. */
function rpc(
  part: Part,
  step: StepId,
  revision: Revision,
  message: Readonly<Record<string, unknown>>,
  response: Parameters<typeof exchangeOf>[3],
  { token = 1, session = true }: RpcOptions = {},
): Exchange {
  const modern = revision === '2026-07-28';
  const params = message.params as { name?: string } | undefined;
  const headers: Header[] = [
    ['content-type', 'application/json'],
    ['accept', 'application/json, text/event-stream'],
    ...authorization(revision, token),
  ];
  if (modern) headers.push(['mcp-method', String(message.method)]);
  if (modern && params?.name) headers.push(['mcp-name', params.name]);
  if (modern || (session && revision !== '2025-03-26'))
    headers.push(['mcp-protocol-version', revision]);
  if (!modern && session) headers.push(['mcp-session-id', SESSION]);
  return exchangeOf(
    part,
    step,
    { method: 'POST', url: MCP_URL, headers, body: jsonBody(message) },
    response,
  );
}

const SESSION = 'session-1f0c9a52-7d3e-4b7a-9c55-0a6f4f1e2d3b';

function authorization(revision: Revision, token: number | null): readonly Header[] {
  return token === null
    ? []
    : [['authorization', `Bearer ${accessToken(revision, token, scopeOf(revision))}`]];
}

const CLIENT_INFO = { name: 'mcp-oauth-trace', version: '0.1.0' };
const META = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
const SERVER_INFO = { name: 'notes', version: '3.2.1' };
const MODERN_RESULT = {
  resultType: 'complete',
  _meta: { 'io.modelcontextprotocol/serverInfo': SERVER_INFO },
};
const CACHE = { ttlMs: 60_000, cacheScope: 'private' };
const TOOLS = { tools: [{ name: 'whoami', inputSchema: { type: 'object' } }] };
const CONTENT = { content: [{ type: 'text', text: 'testuser' }] };

/** The first message of a session: `server/discover` or `initialize`. */
function hello(revision: Revision): Readonly<Record<string, unknown>> {
  return revision === '2026-07-28'
    ? { jsonrpc: '2.0', id: 1, method: 'server/discover', params: META }
    : {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: revision, capabilities: {}, clientInfo: CLIENT_INFO },
      };
}

function result(id: number, value: unknown): Parameters<typeof exchangeOf>[3] {
  return {
    status: 200,
    headers: JSON_HEADERS,
    body: jsonBody({ jsonrpc: '2.0', id, result: value }),
  };
}

function legacyCalls(revision: Revision): readonly Exchange[] {
  const welcome = result(1, {
    protocolVersion: revision,
    capabilities: { tools: {} },
    serverInfo: SERVER_INFO,
  });
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
  const call = {
    jsonrpc: '2.0',
    id: 3,
    method: 'tools/call',
    params: { name: 'whoami', arguments: {} },
  };
  return [
    rpc(
      'hello',
      'call',
      revision,
      hello(revision),
      { ...welcome, headers: [...JSON_HEADERS, ['mcp-session-id', SESSION]] },
      { session: false },
    ),
    rpc(
      'initialized',
      'call',
      revision,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { status: 202 },
    ),
    rpc('list', 'call', revision, list, result(2, TOOLS)),
    rpc('call', 'call', revision, call, result(3, CONTENT)),
    rpc('refreshed-list', 'refresh', revision, { ...list, id: 4 }, result(4, TOOLS), { token: 2 }),
  ];
}

function modernCalls(): readonly Exchange[] {
  const revision = '2026-07-28';
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: META };
  const call = {
    jsonrpc: '2.0',
    id: 3,
    method: 'tools/call',
    params: { name: 'whoami', arguments: {}, ...META },
  };
  const tools = { ...MODERN_RESULT, ...CACHE, ...TOOLS };
  return [
    rpc(
      'hello',
      'call',
      revision,
      hello(revision),
      result(1, {
        ...MODERN_RESULT,
        ...CACHE,
        supportedVersions: [revision],
        capabilities: { tools: {} },
      }),
    ),
    rpc('list', 'call', revision, list, result(2, tools)),
    rpc('call', 'call', revision, call, result(3, { ...MODERN_RESULT, ...CONTENT })),
    rpc('refreshed-list', 'refresh', revision, { ...list, id: 4 }, result(4, tools), { token: 2 }),
  ];
}

function farewell(revision: Revision): readonly Exchange[] {
  const issuer = issuerOf(revision);
  const version: readonly Header[] =
    revision === '2025-03-26' ? [] : [['mcp-protocol-version', revision]];
  const goodbye = exchangeOf(
    'goodbye',
    'cleanup',
    {
      method: 'DELETE',
      url: MCP_URL,
      headers: [...authorization(revision, 2), ...version, ['mcp-session-id', SESSION]],
    },
    { status: 204 },
  );
  return [
    ...(revision === '2026-07-28' ? [] : [goodbye]),
    exchangeOf(
      'revocation',
      'cleanup',
      {
        method: 'POST',
        url: `${issuer}/revoke`,
        headers: FORM,
        body: formBody({
          token: refreshToken(2),
          token_type_hint: 'refresh_token',
          client_id: CLIENT_ID,
        }),
      },
      { status: 200 },
    ),
    exchangeOf(
      'deletion',
      'cleanup',
      {
        method: 'DELETE',
        url: `${issuer}/clients/${CLIENT_ID}`,
        headers: [['authorization', 'Bearer reg-4mB7Qz1Lx0Vt9Hs2Wn6Kd3Pf8Jc5Ry']],
      },
      { status: 204 },
    ),
  ];
}
