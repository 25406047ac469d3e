/**
 * One visit to every answer a fault may change, so that a faulty server can be laid beside a right
 * one. Nothing here depends on what an answer says more than it must; what cannot be reached is
 * left out.
 */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/start.ts';
import {
  approve,
  authorizeUrl,
  bearer,
  callLegacy,
  callModern,
  initialize,
  jsonOf,
  REDIRECT,
  register,
} from './client.ts';

/** Answers by name: status, telling headers and body, without what differs on every run. */
export type Tour = Readonly<Record<string, string>>;

const VERIFIER = 'v'.repeat(43);

export async function tour(options: ServerOptions = {}): Promise<Tour> {
  const server = await startServer(options);
  try {
    const seen: Record<string, string> = {};
    await walk(server, async (name, response) => {
      const answer = await response;
      const text = await answer.clone().text();
      seen[name] = normalize(`${answer.status} ${telling(answer.headers)} ${readable(text)}`);
      return answer;
    });
    return seen;
  } finally {
    await server.close();
  }
}

type Note = (name: string, response: Response | Promise<Response>) => Promise<Response>;

async function walk(server: RunningServer, note: Note): Promise<void> {
  const origin = server.issuer;
  await note('challenge', callLegacy(server, initialize()));
  for (const name of [
    'oauth-protected-resource/mcp',
    'oauth-authorization-server',
    'openid-configuration',
  ])
    await note(
      name.split('/')[0] ?? name,
      fetch(`${origin}/.well-known/${name}`, { redirect: 'manual' }),
    );
  const { document, response } = await register(server);
  await note('registration', response);
  if (document.client_id === undefined) return;
  const token = await signIn(server, note, String(document.client_id));
  if (token !== undefined) await call(server, note, bearer(token));
}

async function signIn(
  server: RunningServer,
  note: Note,
  clientId: string,
): Promise<string | undefined> {
  await note('page', fetch(authorizeUrl(server, clientId, VERIFIER)));
  const page = await approve(authorizeUrl(server, clientId, VERIFIER));
  const location = page.location ?? '';
  await note('callback', new Response(null, { status: page.status, headers: { location } }));
  const code = /[?#&]code=([^&]+)/.exec(location)?.[1];
  if (code === undefined) return undefined;
  const post = (form: Readonly<Record<string, string>>) =>
    fetch(`${server.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const client = { client_id: clientId, resource: server.mcpUrl };
  const answer = await note(
    'token',
    post({
      ...client,
      grant_type: 'authorization_code',
      code,
      code_verifier: VERIFIER,
      redirect_uri: REDIRECT,
    }),
  );
  const { access_token, refresh_token } = await jsonOf(answer);
  if (typeof refresh_token === 'string')
    await note('refresh', post({ ...client, grant_type: 'refresh_token', refresh_token }));
  return typeof access_token === 'string' ? access_token : undefined;
}

async function call(
  server: RunningServer,
  note: Note,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const first = await note('initialize', callLegacy(server, initialize(), headers));
  const session = {
    ...headers,
    'mcp-session-id': first.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  await note('notification', callLegacy(server, { method: 'notifications/initialized' }, session));
  await note('legacy list', callLegacy(server, { id: 1, method: 'tools/list' }, session));
  await note('discover', callModern(server, 'server/discover', {}, headers));
  await note('list', callModern(server, 'tools/list', {}, headers));
  await note(
    'call',
    callModern(server, 'tools/call', { name: 'echo', arguments: { text: 'a' } }, headers),
  );
  await note(
    'stocks',
    callModern(server, 'tools/call', { name: 'list_stocks', arguments: {} }, headers),
  );
  await note('GET', fetch(server.mcpUrl, { headers }));
}

function telling(headers: Headers): string {
  const kept = [...headers].filter(
    ([name]) => !['date', 'content-length', 'keep-alive'].includes(name),
  );
  return JSON.stringify(kept);
}

/** A body whose tokens can be compared. */
function readable(text: string): string {
  return text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, (jwt) => {
    const { jti, iat, exp, ...claims } = decodeJwt(jwt);
    const facts = [decodeProtectedHeader(jwt), claims, typeof jti, Number(exp) - Number(iat)];
    return JSON.stringify(facts).replaceAll('"', "'");
  });
}

function normalize(text: string): string {
  return text
    .replace(/(127\.0\.0\.1(?::|%3A))\d+/g, '$1PORT')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/[\w-]{43}/g, 'RANDOM')
    .replace(/"client_id_issued_at":\d+/, '"client_id_issued_at":0');
}
