/** Clients kept from one run to the next: in a file, by the issuer that registered them. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openClientStore } from '../../src/cli/client-store.ts';
import type { StoredClient } from '../../src/flow/options.ts';
import { metadataWith, startBoth } from './eras.ts';
import { consentBy, follow, runFlow } from './support.ts';
import {
  AUTHORIZE,
  callbackOf,
  formOf,
  type Hit,
  REGISTER,
  type Reply,
  type Routes,
  TOKEN,
  type World,
} from './world.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'client-cache-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const file = (): string => join(folder(), 'clients.json');

const CLIENT: StoredClient = {
  id: 'kept-1',
  secret: 'kept-secret',
  authMethod: 'client_secret_post',
  redirectUri: 'http://127.0.0.1:49321/callback',
};

describe('a store of clients', () => {
  test('gives back what it was given, to a later run too', () => {
    const path = file();
    expect(openClientStore(path).keep('https://a.test', CLIENT)).toBeUndefined();
    expect(openClientStore(path).find('https://a.test')).toEqual(CLIENT);
  });

  test.each(['https://a.test/', 'https://b.test', 'HTTPS://A.TEST', '__proto__', 'constructor'])(
    'offers a client to nobody else: %s',
    (issuer) => {
      const store = openClientStore(file());
      store.keep('https://a.test', CLIENT);
      expect(store.find(issuer)).toBeUndefined();
    },
  );

  test('is for its owner alone, also where the file was open to all', () => {
    const path = file();
    writeFileSync(path, '{}');
    chmodSync(path, 0o644);
    openClientStore(path).keep('https://a.test', CLIENT);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('keeps what another run wrote meanwhile', () => {
    const path = file();
    const [one, other] = [openClientStore(path), openClientStore(path)];
    one.keep('https://a.test', CLIENT);
    other.keep('https://b.test', { ...CLIENT, id: 'kept-2' });
    expect(one.find('https://b.test')?.id).toBe('kept-2');
    expect(other.find('https://a.test')?.id).toBe('kept-1');
  });

  test('forgets', () => {
    const store = openClientStore(file());
    store.keep('https://a.test', CLIENT);
    expect(store.forget('https://a.test')).toBeUndefined();
    expect(store.find('https://a.test')).toBeUndefined();
  });

  test('leaves nothing but its file behind', () => {
    const path = file();
    openClientStore(path).keep('https://a.test', CLIENT);
    expect(readdirSync(join(path, '..'))).toEqual(['clients.json']);
  });

  test.each(['not json', '[]', '{"https://a.test":{}}', '{"https://a.test":{"id":1}}', '{"a":'])(
    'refuses a file that is something else, and leaves it: %s',
    (text) => {
      const path = file();
      writeFileSync(path, text);
      expect(() => openClientStore(path)).toThrow('is no store of clients');
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  test('refuses a folder that is not there', () => {
    expect(() => openClientStore(join(folder(), 'missing', 'clients.json'))).toThrow('ENOENT');
  });

  test('says what the disk refused, without an exception', () => {
    const inside = join(folder(), 'gone');
    mkdirSync(inside);
    const store = openClientStore(join(inside, 'clients.json'));
    rmSync(inside, { recursive: true });
    expect(store.keep('https://a.test', CLIENT)).toContain('cannot be written (ENOENT)');
  });
});

/** A server that can forget its clients. */
function forgetful(refusal: (hit: Hit) => Reply | undefined): Routes {
  let clients = 0;
  return {
    [REGISTER]: (hit) => {
      clients += 1;
      const asked = JSON.parse(hit.body) as object;
      return { status: 201, json: { ...asked, client_id: `client-${clients}` } };
    },
    [AUTHORIZE]: (hit) => refusal(hit) ?? callbackOf(hit),
  };
}

function ids(world: World): readonly (string | null)[] {
  return world.hitsOf(AUTHORIZE).map(({ url }) => url.searchParams.get('client_id'));
}

describe('a run with a store', () => {
  test('registers once, and the next run uses the same client and redirect', async () => {
    const clients = openClientStore(file());
    const world = await startBoth(forgetful(() => undefined));
    await runFlow(world.mcpUrl, { flow: { clients } });
    const second = await runFlow(world.mcpUrl, { flow: { clients } });
    expect(second.outcome).toBe('completed');
    expect(world.hitsOf(REGISTER)).toHaveLength(1);
    expect(ids(world)).toEqual(['client-1', 'client-1']);
    const redirects = world
      .hitsOf(AUTHORIZE)
      .map(({ url }) => url.searchParams.get('redirect_uri'));
    expect(redirects[0]).toBe(redirects[1]);
    expect(second.notes('registration')).toContain('kept from an earlier run at this issuer');
  });

  test('does not delete the client, and keeps no registration token', async () => {
    const path = file();
    const world = await startBoth();
    const first = await runFlow(world.mcpUrl, { flow: { clients: openClientStore(path) } });
    const second = await runFlow(world.mcpUrl, { flow: { clients: openClientStore(path) } });
    expect(world.hitsOf('DELETE /clients/client-1')).toEqual([]);
    for (const run of [first, second])
      expect(run.notes('cleanup')).toContain('kept for later runs');
    expect(readFileSync(path, 'utf8')).not.toContain('registration-token-1');
  });

  test('offers the client to no other issuer', async () => {
    const clients = openClientStore(file());
    const [one, other] = [await startBoth(), await startBoth()];
    await runFlow(one.mcpUrl, { flow: { clients } });
    await runFlow(other.mcpUrl, { flow: { clients } });
    expect(other.hitsOf(REGISTER)).toHaveLength(1);
  });

  test('keeps the secret and how to use it', async () => {
    const clients = openClientStore(file());
    const world = await startBoth({
      ...metadataWith({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
      [REGISTER]: (hit) => ({
        status: 201,
        json: { ...(JSON.parse(hit.body) as object), client_id: 'c', client_secret: 'word' },
      }),
    });
    await runFlow(world.mcpUrl, { flow: { clients } });
    const before = world.hitsOf(TOKEN).length;
    await runFlow(world.mcpUrl, { flow: { clients } });
    expect(formOf(world.hitsOf(TOKEN)[before]!)).toMatchObject({
      client_id: 'c',
      client_secret: 'word',
    });
  });

  test('registers anew where the redirect cannot be listened on', async () => {
    const clients = openClientStore(file());
    const world = await startBoth(forgetful(() => undefined));
    // A port that is in use: the server's own.
    const { port } = new URL(world.origin);
    clients.keep(world.origin, { ...CLIENT, redirectUri: `http://127.0.0.1:${port}/callback` });
    const { outcome, notes } = await runFlow(world.mcpUrl, { flow: { clients } });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('cannot be listened on');
    expect(clients.find(world.origin)?.id).toBe('client-1');
  });
});

describe('a client that the server has forgotten', () => {
  const stale = (hit: Hit): boolean => hit.url.searchParams.get('client_id') === 'kept-1';

  async function runWithStale(routes: Routes, page = false) {
    const clients = openClientStore(file());
    const world = await startBoth(routes);
    const taken = await runFlow(world.mcpUrl, { flow: { clients } });
    expect(taken.outcome).toBe('completed');
    const { redirectUri } = clients.find(world.origin)!;
    clients.keep(world.origin, { id: 'kept-1', authMethod: 'none', redirectUri });
    const before = world.hitsOf(REGISTER).length;
    const result = await runFlow(world.mcpUrl, {
      flow: { clients },
      ...(page && { consent: formLike() }),
    });
    return { ...result, world, clients, registrations: world.hitsOf(REGISTER).length - before };
  }

  /** What a form driver does at a page that is no form: it gives up with the page's error. */
  function formLike() {
    const driver = follow();
    return consentBy(async (url, tools) => {
      const { ConsentError } = await import('../../src/consent/consent.ts');
      const answer = await tools.http.send({ url, channel: 'front' });
      if (answer.status === 400) throw new ConsentError('page-error', 'the page says: 400');
      return driver.approve(url, tools);
    }, 'form');
  }

  test('by an error in the callback is registered once more, and kept', async () => {
    const { outcome, clients, registrations, world, trace } = await runWithStale(
      forgetful((hit) =>
        stale(hit) ? callbackOf(hit, { code: undefined, error: 'unauthorized_client' }) : undefined,
      ),
    );
    expect(outcome).toBe('completed');
    expect(registrations).toBe(1);
    expect(clients.find(world.origin)?.id).toBe('client-2');
    const again = trace.sequence_summary.steps.find((step) => step.outcome === 'again');
    expect(again).toMatchObject({ id: 'authorization' });
    expect(again?.reason).toContain('the kept client may be forgotten there');
  });

  test('by a page is registered once more', async () => {
    const { outcome, registrations } = await runWithStale(
      forgetful((hit) => (stale(hit) ? { status: 400, body: 'unknown client' } : undefined)),
      true,
    );
    expect(outcome).toBe('completed');
    expect(registrations).toBe(1);
  });

  test('at the token endpoint is registered once more', async () => {
    const { outcome, registrations } = await runWithStale({
      ...forgetful(() => undefined),
      [TOKEN]: (hit) =>
        formOf(hit).client_id === 'kept-1'
          ? { status: 401, json: { error: 'invalid_client' } }
          : { json: { access_token: 'access-1', token_type: 'Bearer' } },
    });
    expect(outcome).toBe('completed');
    expect(registrations).toBe(1);
  });

  test('and whose successor is refused too fails the run, after one registration', async () => {
    let isBroken = false;
    const { outcome, registrations } = await runWithStale(
      forgetful((hit) => {
        isBroken ||= stale(hit);
        return isBroken
          ? callbackOf(hit, { code: undefined, error: 'unauthorized_client' })
          : undefined;
      }),
    );
    expect(outcome).toBe('failed');
    expect(registrations).toBe(1);
  });

  test('is not what a user who says no is taken for', async () => {
    const { outcome, registrations, clients, world } = await runWithStale(
      forgetful((hit) =>
        stale(hit) ? callbackOf(hit, { code: undefined, error: 'access_denied' }) : undefined,
      ),
    );
    expect(outcome).toBe('failed');
    expect(registrations).toBe(0);
    expect(clients.find(world.origin)?.id).toBe('kept-1');
  });
});
