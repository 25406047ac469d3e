// What a headless run is measured against: the same requests, sent by a plain undici script that
// records nothing, judges nothing and knows this one server. Usage: node bare-flow.js <MCP URL>
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent, request } from 'undici';

const PROTOCOL = '2025-11-25';
const FORM = 'application/x-www-form-urlencoded';
const BROWSER = {
  'upgrade-insecure-requests': '1',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-user': '?1',
  'sec-fetch-dest': 'document',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-US,en;q=0.9',
};

const [mcpUrl] = process.argv.slice(2);
const dispatcher = new Agent();
const requests = [];

const refused = await rpc('initialize', initialize());
const [, pointer] = /resource_metadata="([^"]+)"/.exec(refused.headers['www-authenticate']);
const resource = json(await send('GET', pointer));
const [issuer] = resource.authorization_servers;
const server = json(await send('GET', `${issuer}/.well-known/oauth-authorization-server`));

const listener = createServer((_, response) => response.end('You can close this page.'));
await once(listener.listen(0, 'localhost'), 'listening');
const redirectUri = `http://localhost:${listener.address().port}/callback`;
const client = json(
  await send('POST', server.registration_endpoint, {
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_name: 'Claude Desktop',
      client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      scope: 'mcp:tools offline_access',
    }),
  }),
);

const verifier = randomBytes(32).toString('base64url');
const code = await approve(verifier);
const tokens = await takeTokens({
  redirect_uri: redirectUri,
  code_verifier: verifier,
  code,
  resource: mcpUrl,
  grant_type: 'authorization_code',
  client_id: client.client_id,
});
await converse(tokens.access_token, [
  ['tools/call', { name: 'echo', arguments: { text: 'hello' } }],
]);
const renewed = await takeTokens({
  refresh_token: tokens.refresh_token,
  resource: mcpUrl,
  grant_type: 'refresh_token',
  client_id: client.client_id,
});
await converse(renewed.access_token, []);
await revoke('refresh_token', renewed.refresh_token);
await revoke('access_token', renewed.access_token);
await send('DELETE', client.registration_client_uri, {
  headers: { authorization: `Bearer ${client.registration_access_token}` },
});
listener.close();
await dispatcher.destroy();
process.stdout.write(`${requests.join('\n')}\n`);

/** Logs in and consents through the server's own forms; the code of the callback. */
async function approve(codeVerifier) {
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'mcp:tools offline_access',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: randomBytes(32).toString('base64url'),
    prompt: 'consent',
    resource: mcpUrl,
    client_id: client.client_id,
  });
  let cookie = '';
  const browse = async (method, place, body) => {
    const target = new URL(place, url);
    const form = body ? { 'content-type': FORM, origin: url.origin } : {};
    const answer = await send(method, target.href, {
      headers: { ...BROWSER, ...form, ...(cookie && { cookie }) },
      body,
    });
    const set = answer.headers['set-cookie'];
    if (set) [cookie] = String(set).split(';');
    return answer;
  };
  const follow = async (answer) => browse('GET', answer.headers.location);
  const login = await follow(await browse('GET', url));
  const typed = { ...hidden(login.text), username: 'testuser', password: 'testpass' };
  const consent = await follow(await browse('POST', '/login', String(new URLSearchParams(typed))));
  const chosen = { ...hidden(consent.text), decision: 'approve' };
  const approved = await browse('POST', '/consent', String(new URLSearchParams(chosen)));
  await follow(approved);
  return new URL(approved.headers.location).searchParams.get('code');
}

function hidden(page) {
  const fields = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name, value]) => [name, value]));
}

async function takeTokens(parameters) {
  const headers = { 'content-type': FORM, accept: 'application/json' };
  const body = String(new URLSearchParams(parameters));
  return json(await send('POST', server.token_endpoint, { headers, body }));
}

async function revoke(kind, token) {
  const parameters = { token_type_hint: kind, token, client_id: client.client_id };
  const body = String(new URLSearchParams(parameters));
  await send('POST', server.revocation_endpoint, { headers: { 'content-type': FORM }, body });
}

/** A session: handshake, list, calls, good-bye. */
async function converse(token, calls) {
  const authorization = { authorization: `Bearer ${token}` };
  const opened = await rpc('initialize', initialize(), authorization);
  json(opened);
  const session = {
    ...authorization,
    'mcp-protocol-version': PROTOCOL,
    'mcp-session-id': opened.headers['mcp-session-id'],
  };
  await rpc('notifications/initialized', undefined, session);
  json(await rpc('tools/list', {}, session));
  for (const [method, params] of calls) json(await rpc(method, params, session));
  await send('DELETE', mcpUrl, { headers: session });
}

async function rpc(method, params, headers = {}) {
  const id = method.startsWith('notifications/') ? {} : { id: 1 };
  return await send('POST', mcpUrl, {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...id, method, params }),
  });
}

function initialize() {
  const clientInfo = { name: 'claude-ai', version: '0.1.0' };
  return { protocolVersion: PROTOCOL, capabilities: {}, clientInfo };
}

async function send(method, url, { headers, body } = {}) {
  requests.push(`${method} ${new URL(url).pathname}`);
  const answer = await request(url, { method, headers, body, dispatcher });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text };
}

function json({ status, text }) {
  if (status >= 300) throw new Error(`expected success, got ${status}: ${text}`);
  return JSON.parse(text);
}
