/** Requests that no well-behaved client sends, and what they show. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningServer } from '../../src/server/start.ts';
import {
  authorizeUrl,
  bearer,
  browser,
  callLegacy,
  callModern,
  codeForm,
  initialize,
  obtainCode,
  obtainTokens,
  postToken,
  REDIRECT,
  refreshForm,
  register,
} from './client.ts';

export interface Probed {
  readonly server: RunningServer;
  readonly advance: (seconds: number) => void;
}

export interface Probe {
  readonly see: (probed: Probed) => Promise<unknown>;
  readonly right: unknown;
  readonly wrong: unknown;
}

export const VERIFIER = 'v'.repeat(43);
export const FOREIGN = { origin: 'https://app.example' };

export async function header(response: Promise<Response>, name: string): Promise<string | null> {
  return (await response).headers.get(name);
}

export type Changes = Readonly<Record<string, string | undefined>>;

export async function authorize({ server }: Probed, changes: Changes): Promise<number> {
  const { document } = await register(server);
  const url = authorizeUrl(server, String(document.client_id), VERIFIER, changes);
  return (await browser().visit(url)).status;
}

/** The first answer to a client whose id is the URL of a document. */
export async function authorizeDocument(
  { server }: Probed,
  members: Changes,
  changes: Changes = {},
): Promise<number> {
  const site = createServer((incoming, response) => {
    const client_id = `http://${incoming.headers.host}${incoming.url}`;
    const document = { client_id, client_name: 'Client', redirect_uris: [REDIRECT], ...members };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const id = `http://127.0.0.1:${(site.address() as AddressInfo).port}/client.json`;
  const page = await browser().visit(authorizeUrl(server, id, VERIFIER, changes));
  site.close();
  return page.status;
}

export async function called({ server }: Probed, token: string): Promise<number> {
  return (await callModern(server, 'tools/list', {}, bearer(token))).status;
}

export async function inSession({ server }: Probed, changes: Readonly<Record<string, string>>) {
  const headers = bearer((await obtainTokens(server)).tokens.access_token);
  const first = await callLegacy(server, initialize(), headers);
  const session = { 'mcp-session-id': first.headers.get('mcp-session-id') ?? '' };
  return callLegacy(
    server,
    { id: 1, method: 'tools/list' },
    { ...headers, ...session, ...changes },
  );
}

export async function errorCode(
  { server }: Probed,
  method: string,
  headers: Readonly<Record<string, string>>,
  version: string | undefined = headers['mcp-method'] ? '2026-07-28' : undefined,
): Promise<unknown> {
  const { tokens } = await obtainTokens(server);
  const response = await fetch(server.mcpUrl, {
    method: 'POST',
    headers: {
      ...bearer(tokens.access_token),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        _meta: {
          ...(version && { 'io.modelcontextprotocol/protocolVersion': version }),
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  const { error } = (await response.json()) as { readonly error?: { readonly code: number } };
  return error?.code;
}

export async function redeemed({ server }: Probed, changes: Changes): Promise<unknown> {
  const form = { ...codeForm(server, await obtainCode(server)), ...changes };
  return (await postToken(server, withoutUndefined(form))).document.error;
}

export async function refreshed({ server }: Probed, changes: Changes): Promise<unknown> {
  const { flow, tokens } = await obtainTokens(server);
  const form = { ...refreshForm(server, flow.clientId, tokens.refresh_token), ...changes };
  return (await postToken(server, withoutUndefined(form))).document.error;
}

function withoutUndefined(form: Changes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
