/** A small client of our own for driving the server by hand: plain fetch, one cookie jar, no SDK. */
import { createHash, randomBytes } from 'node:crypto';
import type { RunningServer } from '../../src/server/start.ts';

export const REDIRECT = 'http://127.0.0.1:49152/callback';

export interface Json {
  readonly [name: string]: unknown;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
}

export interface Flow {
  readonly clientId: string;
  /** The answer to the registration. */
  readonly client: Json;
  readonly code: string;
  readonly verifier: string;
  readonly callback: URL;
}

export async function register(
  server: RunningServer,
  metadata: Json = {},
): Promise<{ readonly status: number; readonly document: Json; readonly response: Response }> {
  const response = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  });
  return { status: response.status, document: await jsonOf(response.clone()), response };
}

/** A JSON object, or an empty one for an answer that is none. */
export async function jsonOf(response: Response): Promise<Json> {
  return response.json().then(
    (value: unknown) => value as Json,
    () => ({}),
  );
}

export function authorizeUrl(
  server: RunningServer,
  clientId: string,
  verifier: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const query: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: 'a+b/c=&d',
    scope: 'mcp:tools',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: server.mcpUrl,
    ...changes,
  };
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return `${server.issuer}/authorize?${new URLSearchParams(given)}`;
}

/** A browser: keeps its cookie and follows redirects, but none to another origin. */
export function browser(): Browser {
  let cookie = '';
  const visit = async (url: string, form?: Readonly<Record<string, string>>): Promise<Page> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const { status, headers } = response;
    const location = headers.get('location');
    const target = new URL(location ?? '', url);
    if (location !== null && target.origin === new URL(url).origin) return visit(target.href);
    return { url, status, headers, text: await response.text(), location };
  };
  return {
    visit,
    post: (page, path, fields) =>
      visit(new URL(path, page.url).href, { ...hiddenFields(page), ...fields }),
  };
}

export interface Browser {
  readonly visit: (url: string, form?: Readonly<Record<string, string>>) => Promise<Page>;
  /** Posts the hidden fields of the page and the given ones. */
  readonly post: (
    page: Page,
    path: string,
    fields: Readonly<Record<string, string>>,
  ) => Promise<Page>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: string | null;
}

/** The hidden fields of a page's form. */
export function hiddenFields(page: Page): Record<string, string> {
  const fields = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(fields.map(([, name, value]) => [name, value]));
}

/** Logs in and decides; gives the page that redirected to the callback. */
export async function approve(
  url: string,
  decision = 'approve',
  username = 'testuser',
  password = 'testpass',
): Promise<Page> {
  const { visit, post } = browser();
  const login = await visit(url);
  if (login.status !== 200) return login;
  const consent = await post(login, '/login', { username, password });
  return consent.status === 200 ? post(consent, '/consent', { decision }) : consent;
}

/** Registers, logs in, approves: up to the code. */
export async function obtainCode(
  server: RunningServer,
  changes: Readonly<Record<string, string | undefined>> = {},
  metadata: Json = {},
): Promise<Flow> {
  const { document: client } = await register(server, metadata);
  const clientId = String(client.client_id);
  const verifier = randomBytes(32).toString('base64url');
  const { location } = await approve(authorizeUrl(server, clientId, verifier, changes));
  const callback = new URL(location ?? '');
  return { clientId, client, code: callback.searchParams.get('code') ?? '', verifier, callback };
}

export async function postToken(
  server: RunningServer,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly document: Json }> {
  const response = await fetch(`${server.issuer}/token`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(form),
  });
  return {
    status: response.status,
    headers: response.headers,
    document: (await response.json()) as Json,
  };
}

export function codeForm(server: RunningServer, flow: Flow): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code: flow.code,
    client_id: flow.clientId,
    code_verifier: flow.verifier,
    redirect_uri: REDIRECT,
    resource: server.mcpUrl,
  };
}

/** The whole way to tokens. */
export async function obtainTokens(
  server: RunningServer,
  changes: Readonly<Record<string, string | undefined>> = {},
  metadata: Json = {},
): Promise<{ readonly flow: Flow; readonly tokens: Tokens }> {
  const flow = await obtainCode(server, changes, metadata);
  const { document } = await postToken(server, codeForm(server, flow));
  return { flow, tokens: document as unknown as Tokens };
}

export function refreshForm(server: RunningServer, clientId: string, token: string) {
  return {
    grant_type: 'refresh_token',
    refresh_token: token,
    client_id: clientId,
    resource: server.mcpUrl,
  };
}

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A request of the newest revision: nothing came before it. */
export function callModern(
  server: RunningServer,
  method: string,
  params: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(server.mcpUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: ENVELOPE } }),
  });
}

/** A request of an older revision. */
export function callLegacy(
  server: RunningServer,
  message: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(server.mcpUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}

export function initialize(protocolVersion = '2025-11-25'): Json {
  return {
    id: 0,
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
