/** Where a client's identity comes from, in which order, and what is tried when it is refused. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { FlowOptions } from '../../src/flow/options.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { metadataWith, startBoth } from './eras.ts';
import { runFlow } from './support.ts';
import {
  AUTHORIZE,
  callbackOf,
  formOf,
  type Hit,
  jsonOf,
  REGISTER,
  type Reply,
  type Routes,
  registered,
  TOKEN,
  type World,
} from './world.ts';

const DOCUMENT = 'GET /client.json';
const TAKES_DOCUMENTS = { client_id_metadata_document_supported: true };

/** A world that serves the client's own document too. */
function withDocument(server: object, document: object = {}): Routes {
  return {
    ...metadataWith({ ...server }),
    [DOCUMENT]: (_, { origin }) => ({
      json: {
        client_id: `${origin}/client.json`,
        redirect_uris: ['http://127.0.0.1/callback'],
        token_endpoint_auth_method: 'none',
        ...document,
      },
    }),
  };
}

const byDocument = ({ origin }: World): Partial<FlowOptions> => ({
  clientMetadataUrl: `${origin}/client.json`,
});

function clientIds(world: World): readonly unknown[] {
  const asked = world.hitsOf(AUTHORIZE).map(({ url }) => url.searchParams.get('client_id'));
  return [...asked, ...world.hitsOf(TOKEN).map((hit) => formOf(hit).client_id)];
}

describe('a client metadata document', () => {
  test('is the identity where the server takes such', async () => {
    const world = await startBoth(withDocument(TAKES_DOCUMENTS));
    const { outcome, wire, trace } = await runFlow(world.mcpUrl, { flow: byDocument(world) });
    expect(outcome).toBe('completed');
    expect(new Set(clientIds(world))).toEqual(new Set([`${world.origin}/client.json`]));
    expect(wire('registration')).toEqual(['GET /client.json -> 200']);
    expect(trace.sequence_summary.client_id).toBe(`${world.origin}/client.json`);
  });

  test.each([[undefined], [false], ['true']])(
    'gives way to a registration where the flag is %j',
    async (flag) => {
      const world = await startBoth(withDocument({ client_id_metadata_document_supported: flag }));
      const { notes } = await runFlow(world.mcpUrl, { flow: byDocument(world) });
      expect(world.hitsOf(REGISTER)).toHaveLength(1);
      expect(world.hitsOf(DOCUMENT)).toEqual([]);
      expect(notes('registration')).toContain('takes no client ID metadata documents');
    },
  );

  test('gives way to a client that the user brought', async () => {
    const world = await startBoth(withDocument(TAKES_DOCUMENTS));
    await runFlow(world.mcpUrl, { flow: { ...byDocument(world), clientId: 'mine' } });
    expect(new Set(clientIds(world))).toEqual(new Set(['mine']));
    expect([...world.hitsOf(DOCUMENT), ...world.hitsOf(REGISTER)]).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'that names another id',
      { client_id: 'https://other.test/' },
      'client_id of the document is "https://other.test/"',
    ],
    [
      'that lists another redirect',
      { redirect_uris: ['http://127.0.0.1/other'] },
      'redirect_uris of the document is',
    ],
    ['that lists no redirect', { redirect_uris: undefined }, 'redirect_uris of the document is'],
    [
      'that names another way to authenticate',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'token_endpoint_auth_method of the document is "private_key_jwt", expected "none"',
    ],
    ['that holds a secret', { client_secret: 's3' }, 'the document holds a client_secret'],
  ])('%s is noted, and used all the same', async (_, document, note) => {
    const world = await startBoth(withDocument(TAKES_DOCUMENTS, document));
    const { outcome, notes } = await runFlow(world.mcpUrl, { flow: byDocument(world) });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain(note);
  });

  test('that is moved is noted, and used all the same: no server follows', async () => {
    const moved = { status: 302, headers: { location: '/elsewhere.json' } };
    const world = await startBoth({ ...metadataWith(TAKES_DOCUMENTS), [DOCUMENT]: moved });
    const { wire, notes } = await runFlow(world.mcpUrl, { flow: byDocument(world) });
    expect(wire('registration')).toEqual(['GET /client.json -> 302']);
    expect(notes('registration')).toContain('could not be read: 302 to "/elsewhere.json"');
  });

  test('is the client that authenticates as the user says', async () => {
    const world = await startBoth(withDocument(TAKES_DOCUMENTS));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const clientKey = { text: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    const flow = { ...byDocument(world), clientKey };
    await runFlow(world.mcpUrl, { flow });
    await runFlow(world.mcpUrl, { flow: { ...flow, tokenAuthMethod: 'none' } });
    const [signed, plain] = world.hitsOf(TOKEN).filter((hit) => formOf(hit).code !== undefined);
    expect(signed && formOf(signed).client_assertion).toBeDefined();
    expect(plain && formOf(plain).client_assertion).toBeUndefined();
  });

  test('that is not there is noted, and used all the same', async () => {
    const world = await startBoth(metadataWith(TAKES_DOCUMENTS));
    const { outcome, notes } = await runFlow(world.mcpUrl, { flow: byDocument(world) });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('could not be read: 404');
  });

  test('is no registration to be deleted', async () => {
    const world = await startBoth(withDocument(TAKES_DOCUMENTS));
    const { notes } = await runFlow(world.mcpUrl, { flow: byDocument(world) });
    expect(notes('cleanup')).not.toContain('stays registered');
  });
});

describe('a server that registers nobody', () => {
  test.each<[object, RegExp]>([
    [{}, /pass --client-id with [^,]*$/],
    [TAKES_DOCUMENTS, /--client-id .*, or --client-metadata-url/],
  ])('with metadata %j makes the run say what to pass', async (server, advice) => {
    const world = await startBoth(metadataWith({ ...server, registration_endpoint: undefined }));
    const { failedStep, reason } = await runFlow(world.mcpUrl);
    expect(failedStep).toBe('registration');
    expect(reason).toMatch(advice);
  });
});

describe('a registration endpoint that wants a token', () => {
  const closed: Routes = {
    [REGISTER]: (hit, world) =>
      hit.headers.authorization === 'Bearer initial-1'
        ? { status: 201, json: registered(hit, world) }
        : { status: 401, json: { error: 'invalid_token' } },
  };

  test('gets the one that the user has', async () => {
    const world = await startBoth(closed);
    const { outcome } = await runFlow(world.mcpUrl, { flow: { registrationToken: 'initial-1' } });
    expect(outcome).toBe('completed');
  });

  test('is told about where the user has none', async () => {
    const world = await startBoth(closed);
    const { reason } = await runFlow(world.mcpUrl);
    expect(reason).toContain('registration is closed: pass --client-id');
    expect(reason).toContain('--registration-token');
    expect(world.hitsOf(REGISTER)).toHaveLength(1);
  });
});

/** Accepts a registration only where something holds of it. */
function choosy(holds: (asked: Readonly<Record<string, unknown>>) => boolean): Routes {
  const refusal: Reply = { status: 400, json: { error: 'invalid_redirect_uri' } };
  return {
    [REGISTER]: (hit: Hit, world: World) =>
      holds(jsonOf(hit)) ? { status: 201, json: registered(hit, world) } : refusal,
    [AUTHORIZE]: (hit) => callbackOf(hit),
  };
}

describe('a refused redirect', () => {
  test('is tried again as that of a native application', async () => {
    const world = await startBoth(choosy((asked) => asked.application_type === 'native'));
    const { outcome, notes } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    const types = world.hitsOf(REGISTER).map((hit) => jsonOf(hit).application_type);
    expect(types).toEqual([undefined, 'native']);
    expect(notes('registration')).toContain('tried again as "native"');
  });

  test.each([
    ['127.0.0.1', 'localhost'],
    ['localhost', '127.0.0.1'],
  ])('on %s is tried again on %s, which is then used', async (host, other) => {
    const world = await startBoth(
      choosy(({ redirect_uris: uris }) => JSON.stringify(uris).includes(`//${other}:`)),
    );
    const { outcome } = await runFlow(world.mcpUrl, {
      flow: { callback: { host, port: 0, path: '/callback' } },
    });
    expect(outcome).toBe('completed');
    const redirect = world.hitsOf(AUTHORIZE)[0]?.url.searchParams.get('redirect_uri');
    expect(redirect).toContain(`http://${other}:`);
    expect(formOf(world.hitsOf(TOKEN)[0]!).redirect_uri).toBe(redirect);
  });

  test('that is refused in every way is told as it was refused first', async () => {
    let refused = 0;
    const world = await startBoth({
      [REGISTER]: () => {
        refused += 1;
        return {
          status: 400,
          json: { error: 'invalid_redirect_uri', error_description: `no ${refused}` },
        };
      },
    });
    const { reason } = await runFlow(world.mcpUrl);
    expect(reason).toContain('"no 1"');
    expect(world.hitsOf(REGISTER)).toHaveLength(3);
  });

  test('is not what another refusal is about', async () => {
    const world = await startBoth({
      [REGISTER]: { status: 400, json: { error: 'invalid_client_metadata' } },
    });
    await runFlow(world.mcpUrl);
    expect(world.hitsOf(REGISTER)).toHaveLength(1);
  });

  test('is not tried as a web application, and not twice as a native one', async () => {
    const world = await startBoth({
      [REGISTER]: { status: 400, json: { error: 'invalid_redirect_uri' } },
    });
    await runFlow(world.mcpUrl, { flow: { revision: findRevision('2026-07-28')! } });
    const types = world.hitsOf(REGISTER).map((hit) => jsonOf(hit).application_type);
    expect(types).toEqual(['native', 'native']);
  });
});
