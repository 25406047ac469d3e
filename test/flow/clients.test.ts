import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { ClientStore, StoredClient } from '../../src/flow/options.ts';
import { deadPort } from '../http/support.ts';
import { runFlow } from './support.ts';
import {
  ASM,
  AUTHORIZE,
  callbackOf,
  formOf,
  type Hit,
  jsonOf,
  REGISTER,
  type Reply,
  type Route,
  registered,
  serverMetadata,
  startWorld,
  TOKEN,
  type World,
} from './world.ts';

/** A store in memory; `problem` is what writing to it comes up against. */
function storeOf(
  clients: Readonly<Record<string, StoredClient>> = {},
  problem?: string,
): ClientStore & { readonly all: Map<string, StoredClient> } {
  const all = new Map(Object.entries(clients));
  return {
    all,
    find: (issuer) => all.get(issuer),
    keep: (issuer, client) => {
      if (problem === undefined) all.set(issuer, client);
      return problem;
    },
    forget: (issuer) => {
      if (problem === undefined) all.delete(issuer);
      return problem;
    },
  };
}

/** A client as an earlier run kept it, at a port that is free now. */
async function keptClient(): Promise<StoredClient> {
  const redirectUri = `http://127.0.0.1:${await deadPort()}/callback`;
  return { id: 'kept-1', authMethod: 'none', redirectUri };
}

function authorizedAs(world: World): readonly (string | null)[] {
  return world.hitsOf(AUTHORIZE).map(({ url }) => url.searchParams.get('client_id'));
}

describe('a client that is kept', () => {
  test('is used again at the issuer that registered it, and stays', async () => {
    const world = await startWorld();
    const clients = storeOf({ [world.origin]: await keptClient() });
    const { outcome, wire, notes } = await runFlow(world.mcpUrl, { flow: { clients } });
    expect(outcome).toBe('completed');
    expect(wire('registration')).toEqual([]);
    expect(authorizedAs(world)).toEqual(['kept-1']);
    expect(notes('cleanup')).toContain('kept for later runs');
    expect(clients.all.has(world.origin)).toBe(true);
  });

  test('is never offered to another issuer', async () => {
    const world = await startWorld();
    const clients = storeOf({ 'https://other.test': await keptClient() });
    await runFlow(world.mcpUrl, { flow: { clients } });
    expect(authorizedAs(world)).toEqual(['client-1']);
  });

  test('is put into the store when it was registered, without its registration token', async () => {
    const world = await startWorld();
    const clients = storeOf();
    await runFlow(world.mcpUrl, { flow: { clients } });
    const kept = clients.all.get(world.origin);
    expect(kept).toMatchObject({ id: 'client-1', authMethod: 'none' });
    expect(JSON.stringify(kept)).not.toContain('registration-token-1');
    expect(world.hitsOf('DELETE /clients/client-1')).toEqual([]);
  });

  test('is deleted in the end where the store could not be written', async () => {
    const world = await startWorld();
    const clients = storeOf({}, 'the disk is full');
    const { outcome, notes } = await runFlow(world.mcpUrl, { flow: { clients } });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('the disk is full');
    expect(world.hitsOf('DELETE /clients/client-1')).toHaveLength(1);
  });

  test('that the server has forgotten is registered anew, once', async () => {
    const world = await startWorld({
      [TOKEN]: (hit) =>
        formOf(hit).client_id === 'kept-1'
          ? { status: 401, json: { error: 'invalid_client' } }
          : { json: { access_token: 'a', token_type: 'Bearer' } },
    });
    const clients = storeOf({ [world.origin]: await keptClient() });
    const { outcome, step } = await runFlow(world.mcpUrl, { flow: { clients } });
    expect(outcome).toBe('completed');
    expect(step('token').outcome).toBe('again');
    expect(authorizedAs(world)).toEqual(['kept-1', 'client-1']);
    expect(clients.all.get(world.origin)?.id).toBe('client-1');
  });

  test('whose redirect cannot be listened on any more is left aside', async () => {
    const world = await startWorld();
    const stored = await keptClient();
    const { port } = new URL(stored.redirectUri);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(Number(port), '127.0.0.1', resolve));
    const { outcome, notes } = await runFlow(world.mcpUrl, {
      flow: { clients: storeOf({ [world.origin]: stored }) },
    });
    await new Promise((resolve) => taken.close(resolve));
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('cannot be listened on');
    expect(authorizedAs(world)).toEqual(['client-1']);
  });
});

describe('a client metadata document', () => {
  const supported: Route = (_, world) => ({
    json: { ...serverMetadata(world), client_id_metadata_document_supported: true },
  });
  const document =
    (change: (id: string) => Record<string, unknown> = () => ({})): Route =>
    (_, { origin }) => ({
      json: {
        client_id: `${origin}/client.json`,
        redirect_uris: ['http://127.0.0.1/callback'],
        ...change(`${origin}/client.json`),
      },
    });

  test('is the client where the server takes such, and nothing is registered or deleted', async () => {
    const world = await startWorld({ [ASM]: supported, 'GET /client.json': document() });
    const id = `${world.origin}/client.json`;
    const { outcome, step } = await runFlow(world.mcpUrl, { flow: { clientMetadataUrl: id } });
    expect(outcome).toBe('completed');
    expect(authorizedAs(world)).toEqual([id]);
    expect(world.hitsOf(REGISTER)).toEqual([]);
    expect(step('registration').notes).toHaveLength(1);
    expect(step('cleanup').notes).toBeUndefined();
  });

  test('that does not fit is told, and used all the same', async () => {
    const world = await startWorld({
      [ASM]: supported,
      'GET /client.json': document(() => ({ client_id: 'https://x.test', redirect_uris: [] })),
    });
    const { outcome, notes } = await runFlow(world.mcpUrl, {
      flow: { clientMetadataUrl: `${world.origin}/client.json` },
    });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('client_id of the document');
    expect(notes('registration')).toContain('redirect_uris of the document');
  });

  test('is not used where the server does not say that it takes any', async () => {
    const world = await startWorld({ 'GET /client.json': document() });
    const { notes } = await runFlow(world.mcpUrl, {
      flow: { clientMetadataUrl: `${world.origin}/client.json` },
    });
    expect(notes('registration')).toContain('registered instead');
    expect(authorizedAs(world)).toEqual(['client-1']);
  });
});

describe('a registration that is refused for its redirect', () => {
  const refusing =
    (accepts: (body: Readonly<Record<string, unknown>>) => boolean) =>
    (hit: Hit, world: World): Reply =>
      accepts(jsonOf(hit))
        ? { status: 201, json: registered(hit, world) }
        : {
            status: 400,
            json: { error: 'invalid_redirect_uri', error_description: 'redirect not allowed' },
          };

  test('is tried as a native client, then with the other spelling of the host', async () => {
    const world = await startWorld({
      [REGISTER]: refusing(({ redirect_uris }) => String(redirect_uris).includes('//localhost:')),
      [AUTHORIZE]: (hit) => callbackOf(hit),
    });
    const { wire, notes } = await runFlow(world.mcpUrl);
    expect(wire('registration').length).toBeGreaterThan(1);
    expect(wire('registration').at(-1)).toBe('POST /register -> 201');
    expect(notes('registration')).toContain('tried again');
    expect(world.hitsOf(AUTHORIZE)[0]?.url.searchParams.get('redirect_uri')).toContain(
      '//localhost:',
    );
  });

  test('every time is told by its first refusal', async () => {
    const world = await startWorld({ [REGISTER]: refusing(() => false) });
    const { outcome, failedStep, reason } = await runFlow(world.mcpUrl);
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'registration' });
    expect(reason).toContain('invalid_redirect_uri');
  });
});

test('a registration carries the initial access token that the user has', async () => {
  const world = await startWorld();
  await runFlow(world.mcpUrl, { flow: { registrationToken: 'initial-1' } });
  expect(world.hitsOf(REGISTER)[0]?.headers.authorization).toBe('Bearer initial-1');
});
