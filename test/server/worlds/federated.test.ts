import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import type { Performed } from '../../../src/flow/perform.ts';
import type { RunningWorld } from '../../../src/server/worlds/world.ts';
import { formOf, jsonOf, objectOf } from '../../../src/trace/body.ts';
import { headerValue } from '../../../src/trace/headers.ts';
import { mergeServerLog } from '../../../src/trace/merge.ts';
import { parseTrace } from '../../../src/trace/parse.ts';
import type { Exchange } from '../../../src/trace/schema.ts';
import {
  authorizeUrl,
  bearer,
  browser,
  callModern,
  codeForm,
  type Json,
  postToken,
  refreshForm,
  register,
} from '../client.ts';
import { testClock } from '../support.ts';
import { living, runIn } from './support.ts';

const clock = testClock();
const world = living('federated', { now: clock.now });

function seenAt(name: string): readonly Exchange[] {
  return world.servers.find((server) => server.name === name)?.exchanges ?? [];
}

function textOf({ trace }: Performed): string {
  return JSON.stringify(trace);
}

/** What the tool of a run answered. */
function resultOf({ trace }: Performed): string {
  const answers = trace.trace_log.map(({ response }) => JSON.stringify(jsonOf(response?.body)));
  return answers.findLast((text) => text?.includes('"content"')) ?? '';
}

test('a tool call comes to the API with a token of the provider that the client never saw', async () => {
  const performed = await runIn(world);
  const call = seenAt('todos-api').at(-1);
  const token = (headerValue(call?.request.headers ?? [], 'authorization') ?? '').slice(7);
  expect(decodeJwt(token)).toMatchObject({
    iss: world.servers[1]?.origin,
    aud: world.servers[2]?.origin,
    sub: 'testuser',
    scope: 'openid read:todos offline_access',
  });
  expect(textOf(performed)).not.toContain(token);
  expect(resultOf(performed)).toContain('Water the plants');
});

test('a tool that needs more is asked for and granted at both servers', async () => {
  const performed = await runIn(world, { call: { tool: 'list_bills', arguments: {} } });
  expect(performed.trace.sequence_summary.outcome).toBe('completed');
  expect(resultOf(performed)).toContain('2026-01');
  const { url } = seenAt('todos-api').at(-1)?.request ?? { url: '' };
  expect(new URL(url).pathname).toBe('/billing');
});

test('the API takes neither a token of the MCP server nor none, and no scope for another', async () => {
  const performed = await runIn(world);
  const own = objectOf(
    performed.trace.trace_log.find(({ step }) => step === 'token')?.response?.body,
  )?.access_token;
  const upstream = headerValue(seenAt('todos-api').at(-1)?.request.headers ?? [], 'authorization');
  const ask = async (place: string, headers: Record<string, string>) =>
    (await fetch(world.places[place] ?? '', { headers })).status;
  expect(await ask('todos', {})).toBe(401);
  expect(await ask('todos', bearer(String(own)))).toBe(401);
  expect(await ask('todos', { authorization: upstream ?? '' })).toBe(200);
  expect(await ask('billing', { authorization: upstream ?? '' })).toBe(403);
});

test('whoever refuses consent is not sent to the provider', async () => {
  const { visit, post } = browser();
  const { document } = await register(serverOf(world));
  const url = authorizeUrl(serverOf(world), String(document.client_id), 'v'.repeat(43), SCOPE);
  const before = seenAt('openid-provider').length;
  const consent = await visit(url);
  const { location } = await post(consent, '/consent', { decision: 'deny' });
  expect(new URL(location ?? '').searchParams.get('error')).toBe('access_denied');
  expect(seenAt('openid-provider')).toHaveLength(before);
});

const SCOPE = { scope: 'read:todos' };

function serverOf(one: RunningWorld) {
  const issuer = one.servers[0]?.origin ?? '';
  return { mcpUrl: one.mcpUrl, issuer, exchanges: [], close: one.close };
}

/** Allows access in one browser, and gives where the provider sends it in the end. */
async function upToCallback(own = browser(), given?: string) {
  const { document } =
    given === undefined ? await register(serverOf(world)) : { document: {} as Json };
  const url =
    given ?? authorizeUrl(serverOf(world), String(document.client_id), 'v'.repeat(43), SCOPE);
  const allowed = await own.post(await own.visit(url), '/consent', { decision: 'allow' });
  const provider = browser();
  const login = await provider.visit(allowed.location ?? '');
  const user = { username: 'testuser', password: 'testpass' };
  const done = await provider.post(login, login.url, user);
  return { visit: own.visit, callback: done.location ?? '' };
}

test("the provider's answer counts only once and only in the browser that was sent there", async () => {
  const { visit, callback } = await upToCallback();
  const stranger = await browser().visit(callback);
  expect(stranger.status).toBe(400);
  expect((await visit(callback)).status).toBe(400);
  const fresh = await upToCallback();
  expect((await fresh.visit(fresh.callback)).location).toContain('code=');
});

test.each([
  ['an answer of another issuer', (url: URL) => url.searchParams.set('iss', 'https://x.example')],
  ['an error', (url: URL) => url.searchParams.delete('code')],
  ['a code that is none', (url: URL) => url.searchParams.set('code', 'nonsense')],
])('%s from the provider gives the client access_denied', async (_, bend) => {
  const { visit, callback } = await upToCallback();
  const bent = new URL(callback);
  bend(bent);
  const { location } = await visit(bent.href);
  expect(new URL(location ?? '').searchParams.get('error')).toBe('access_denied');
});

test('tokens of the provider that have expired are refreshed behind the back of the client', async () => {
  const { session, refresh } = await connect();
  clock.advance(3601);
  const token = await refresh();
  expect(await session(token)).toContain('Water the plants');
  const grants = seenAt('openid-provider').map((exchange) => formOf(exchange).get('grant_type'));
  expect(grants.at(-1)).toBe('refresh_token');
});

/** A client that can call the tool with any token of its, and refresh it. */
async function connect() {
  const server = serverOf(world);
  const own = browser();
  const { document } = await register(server);
  const [clientId, verifier] = [String(document.client_id), 'v'.repeat(43)];
  const { visit, callback } = await upToCallback(
    own,
    authorizeUrl(server, clientId, verifier, SCOPE),
  );
  const { location } = await visit(callback);
  const code = new URL(location ?? '').searchParams.get('code') ?? '';
  const flow = { clientId, client: document, code, verifier, callback: new URL(location ?? '') };
  const { document: tokens } = await postToken(server, codeForm(server, flow));
  return {
    refresh: async () => {
      const form = refreshForm(server, clientId, String(tokens.refresh_token));
      return String((await postToken(server, form)).document.access_token);
    },
    session: async (token: string) =>
      (
        await callModern(server, 'tools/call', { name: 'list_todos', arguments: {} }, bearer(token))
      ).text(),
  };
}

test("the log of its servers shows the provider's token endpoint behind the callback", async () => {
  const { trace } = await runIn(world);
  const merged = parseTrace(JSON.stringify(mergeServerLog(trace, world.exchanges)));
  const hops = merged.trace_log
    .filter(({ seen_by }) => seen_by !== undefined)
    .map(({ request, seen_by, sent_by, caused_by, step }) => {
      const cause = merged.trace_log.find(({ id }) => id === caused_by);
      const path = (url = '') => new URL(url).pathname;
      return [step, path(cause?.request.url), sent_by, seen_by, path(request.url)].join(' ');
    });
  expect(hops).toEqual([
    'authorization /callback mcp-server openid-provider /token',
    'call /mcp mcp-server todos-api /todos',
  ]);
});
