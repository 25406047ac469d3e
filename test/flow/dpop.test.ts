/** Tokens bound to a key: the proofs at the token endpoint and at the MCP server. */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { answerEither, startBoth } from './eras.ts';
import { type Result, runFlow } from './support.ts';
import { type Hit, MCP, type Reply, type Routes, TOKEN, type World } from './world.ts';

interface Proof {
  readonly jwk: JWK;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The proof of a request, its signature checked by the key that it carries. */
async function proofOf({ headers }: Hit): Promise<Proof> {
  const { payload, protectedHeader } = await jwtVerify(String(headers.dpop), EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['ES256'],
  });
  return { jwk: protectedHeader.jwk!, claims: payload };
}

function nonceIn({ headers }: Hit): unknown {
  const [, claims = ''] = String(headers.dpop).split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { nonce?: unknown }).nonce;
}

/** The MCP server's refusal under the DPoP scheme. */
function challenge({ origin }: World, more = '', headers: object = {}): Reply {
  const pointer = `${origin}/.well-known/oauth-protected-resource/mcp`;
  const value = `DPoP algs="ES256"${more}, resource_metadata="${pointer}"`;
  return { status: 401, headers: { 'www-authenticate': value, ...headers } };
}

const bound: Routes = {
  [MCP]: (hit, world) =>
    hit.headers.authorization?.startsWith('DPoP ') ? answerEither(hit) : challenge(world),
  [TOKEN]: { json: { access_token: 'bound-1', token_type: 'DPoP', expires_in: 60 } },
};

function runBound(world: World): Promise<Result> {
  return runFlow(world.mcpUrl, { flow: { dpop: true, call: { tool: 'echo', arguments: {} } } });
}

const withToken = (world: World): readonly Hit[] =>
  world.hitsOf(MCP).filter(({ headers }) => headers.authorization);

describe('a bound token', () => {
  test('is asked for with a proof, and used with one that names it', async () => {
    const world = await startBoth(bound);
    const { outcome } = await runBound(world);
    expect(outcome).toBe('completed');
    const asked = await proofOf(world.hitsOf(TOKEN)[0]!);
    expect(asked.claims).toMatchObject({ htm: 'POST', htu: `${world.origin}/token` });
    expect(asked.claims).not.toHaveProperty('ath');
    for (const hit of withToken(world)) {
      expect(hit.headers.authorization).toBe('DPoP bound-1');
      const { claims } = await proofOf(hit);
      const ath = createHash('sha256').update('bound-1').digest('base64url');
      expect(claims).toMatchObject({ htm: 'POST', htu: world.mcpUrl, ath });
    }
  });

  test('has one key in a run, another in the next, and never the private part on the wire', async () => {
    const world = await startBoth(bound);
    const keysOf = async (): Promise<ReadonlySet<string>> => {
      const before = world.hits.length;
      await runBound(world);
      const proved = world.hits.slice(before).filter(({ headers }) => headers.dpop);
      const proofs = await Promise.all(proved.map(proofOf));
      for (const { jwk } of proofs) expect(jwk).not.toHaveProperty('d');
      return new Set(await Promise.all(proofs.map(({ jwk }) => calculateJwkThumbprint(jwk))));
    };
    const [first, second] = [await keysOf(), await keysOf()];
    expect([first.size, second.size]).toEqual([1, 1]);
    expect(first).not.toEqual(second);
  });

  test('is proved anew for every request', async () => {
    const world = await startBoth(bound);
    await runBound(world);
    const proofs = await Promise.all([...world.hitsOf(TOKEN), ...withToken(world)].map(proofOf));
    const ids = proofs.map(({ claims }) => claims.jti);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('that comes as Bearer is used as Bearer', async () => {
    const world = await startBoth({
      [TOKEN]: { json: { access_token: 'plain-1', token_type: 'Bearer' } },
    });
    const { outcome, notes } = await runBound(world);
    expect(outcome).toBe('completed');
    expect(notes('token')).toContain('token_type is "Bearer", expected "DPoP"');
    for (const { headers } of withToken(world)) {
      expect(headers.authorization).toBe('Bearer plain-1');
      expect(headers.dpop).toBeUndefined();
    }
  });
});

describe('a nonce of the authorization server', () => {
  test('is put into a second proof', async () => {
    const world = await startBoth({
      ...bound,
      [TOKEN]: (hit) =>
        nonceIn(hit) === 'as-nonce'
          ? { json: { access_token: 'bound-1', token_type: 'DPoP' } }
          : {
              status: 400,
              headers: { 'dpop-nonce': 'as-nonce' },
              json: { error: 'use_dpop_nonce' },
            },
    });
    const { outcome, wire } = await runBound(world);
    expect(outcome).toBe('completed');
    expect(wire('token')).toEqual(['POST /token -> 400', 'POST /token -> 200']);
    const [first, second] = await Promise.all(world.hitsOf(TOKEN).map(proofOf));
    expect(first?.claims).not.toHaveProperty('nonce');
    expect(second?.claims.jti).not.toBe(first?.claims.jti);
  });

  test('that never suffices fails the run', async () => {
    const world = await startBoth({
      ...bound,
      [TOKEN]: {
        status: 400,
        headers: { 'dpop-nonce': 'again' },
        json: { error: 'use_dpop_nonce' },
      },
    });
    const { outcome, reason } = await runBound(world);
    expect(outcome).toBe('failed');
    expect(reason).toContain('use_dpop_nonce');
    expect(world.hitsOf(TOKEN).length).toBeLessThan(4);
  });
});

describe('a nonce of the MCP server', () => {
  /** Wants a nonce in each proof; `names` says which one a request is to carry next. */
  function wanting(names: (served: number) => string): Routes {
    let served = 0;
    return {
      ...bound,
      [MCP]: (hit, world) => {
        if (!hit.headers.authorization) return challenge(world);
        const wanted = names(served);
        const headers = { 'dpop-nonce': wanted };
        if (nonceIn(hit) !== wanted) return challenge(world, ', error="use_dpop_nonce"', headers);
        served += 1;
        const reply = answerEither(hit);
        if (typeof reply === 'string') return reply;
        return { ...reply, headers: { ...reply.headers, 'dpop-nonce': names(served) } };
      },
    };
  }

  test('is put into a second proof, and into those after it', async () => {
    const world = await startBoth(wanting(() => 'rs-nonce'));
    const { outcome } = await runBound(world);
    expect(outcome).toBe('completed');
    expect(withToken(world).map(nonceIn)).toEqual([
      undefined,
      'rs-nonce',
      'rs-nonce',
      'rs-nonce',
      'rs-nonce',
    ]);
  });

  test('that changes with each answer is followed without a refusal', async () => {
    const world = await startBoth(wanting((served) => `rs-${served}`));
    const { outcome } = await runBound(world);
    expect(outcome).toBe('completed');
    expect(withToken(world).map(nonceIn)).toEqual([undefined, 'rs-0', 'rs-1', 'rs-2', 'rs-3']);
  });

  test('that never suffices fails the run', async () => {
    let times = 0;
    const world = await startBoth({
      ...bound,
      [MCP]: (_, here) => {
        times += 1;
        return challenge(here, ', error="use_dpop_nonce"', { 'dpop-nonce': `n-${times}` });
      },
    });
    const { outcome, failedStep } = await runBound(world);
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'call' });
    expect(withToken(world)).toHaveLength(2);
  });
});

test('a refresh is bound to the same key', async () => {
  const world = await startBoth({
    ...bound,
    [TOKEN]: {
      json: { access_token: 'bound-1', token_type: 'DPoP', refresh_token: 'refresh-1' },
    },
  });
  const { outcome } = await runBound(world);
  expect(outcome).toBe('completed');
  const proofs = await Promise.all(world.hitsOf(TOKEN).map(proofOf));
  const thumbprints = await Promise.all(proofs.map(({ jwk }) => calculateJwkThumbprint(jwk)));
  expect(thumbprints).toHaveLength(2);
  expect(new Set(thumbprints).size).toBe(1);
});
