import { describe, expect, test } from 'vitest';
import { bearer, type Credentials } from '../../src/mcp/credentials.ts';
import { dpop } from '../../src/mcp/dpop.ts';
import { sendAs } from '../../src/mcp/exchange.ts';
import { client, serve } from '../http/support.ts';

interface Seen {
  readonly route: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Redirects as told by path; answers everything else with 200. */
async function redirecting(
  redirects: Readonly<Record<string, readonly [status: number, location: string]>>,
) {
  const seen: Seen[] = [];
  const origin = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url = '', headers } = request;
    seen.push({ route: `${method} ${url}`, headers, body });
    const [status, location] = redirects[url] ?? [200];
    if (location !== undefined) response.setHeader('location', location);
    response.writeHead(status).end();
  });
  const { http, log } = client();
  const line = { http, url: `${origin}/mcp`, credentials: bearer('token-1') };
  return { line, seen, log, origin };
}

describe('a redirect of a message', () => {
  test.each([307, 308])(
    'with %i is followed within the origin, body and token too',
    async (status) => {
      const { line, seen, log } = await redirecting({ '/mcp': [status, '/mcp/?a=b'] });
      const answer = await sendAs(line, { method: 'POST', body: 'hello' });
      expect(answer.status).toBe(200);
      expect(seen).toMatchObject([
        { route: 'POST /mcp', body: 'hello' },
        { route: 'POST /mcp/?a=b', body: 'hello', headers: { authorization: 'Bearer token-1' } },
      ]);
      expect(log().map(({ caused_by }) => caused_by)).toEqual([null, 1]);
    },
  );

  test.each([301, 302, 303])('with %i would lose the body, and is not followed', async (status) => {
    const { line, seen } = await redirecting({ '/mcp': [status, '/mcp/'] });
    expect((await sendAs(line, { method: 'POST', body: 'hello' })).status).toBe(status);
    expect(seen).toHaveLength(1);
  });

  test('to another origin is not followed', async () => {
    const other = await redirecting({});
    const { line } = await redirecting({ '/mcp': [307, `${other.origin}/mcp`] });
    expect((await sendAs(line, { method: 'POST' })).status).toBe(307);
    expect(other.seen).toEqual([]);
  });

  test('to another origin on the second hop is not followed', async () => {
    const other = await redirecting({});
    const { line } = await redirecting({
      '/mcp': [307, '/next'],
      '/next': [307, `${other.origin}/mcp`],
    });
    expect((await sendAs(line, { method: 'POST' })).status).toBe(307);
    expect(other.seen).toEqual([]);
  });

  test.each(['', 'http://', 'javascript:alert(1)'])('to %j is an answer', async (location) => {
    const { line, seen } = await redirecting({ '/mcp': [307, location] });
    expect((await sendAs(line, { method: 'POST' })).status).toBe(307);
    expect(seen).toHaveLength(1);
  });

  test('in a circle is given up', async () => {
    const { line, seen } = await redirecting({ '/mcp': [307, '/mcp'] });
    expect((await sendAs(line, { method: 'POST' })).status).toBe(307);
    expect(seen.length).toBeLessThan(6);
  });
});

describe('credentials', () => {
  test('that learn from an answer make the request go once more, and only once', async () => {
    let learned = 0;
    const credentials: Credentials = {
      headers: async () => [['x-attempt', String(learned)]],
      learn: () => {
        learned += 1;
        return true;
      },
    };
    const { line, seen } = await redirecting({});
    await sendAs({ ...line, credentials }, { method: 'POST' });
    expect(seen.map(({ headers }) => headers['x-attempt'])).toEqual(['0', '1']);
  });
});

describe('a DPoP proof', () => {
  interface Proof {
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
  }

  /** A key whose signature is the proof itself, so that a test can read it. */
  const key = {
    jwk: { kty: 'EC', x: 'x' },
    sign: async (header: object, claims: object) => JSON.stringify({ header, claims }),
  };

  test('is made anew for each request, for its method and URL, and bound to the token', async () => {
    const credentials = dpop('token-1', key, () => 1_700_000_000_000);
    const proofs: Proof[] = [];
    for (const url of ['https://a.test/mcp?x=1#y', 'https://a.test/mcp']) {
      const headers = new Map(await credentials.headers('POST', url));
      expect(headers.get('authorization')).toBe('DPoP token-1');
      proofs.push(JSON.parse(headers.get('dpop') ?? '') as Proof);
    }
    for (const { header, claims } of proofs) {
      expect(header).toEqual({ typ: 'dpop+jwt', jwk: key.jwk });
      expect(claims).toMatchObject({
        htm: 'POST',
        htu: 'https://a.test/mcp',
        iat: 1_700_000_000,
        ath: 'PwiqzhIu4jaEMsHKI6BJvGQLr78A_fM6UkKfOLoS2_k',
      });
      expect(claims).not.toHaveProperty('nonce');
    }
    expect(proofs[0]?.claims.jti).not.toBe(proofs[1]?.claims.jti);
  });

  const answer = (status: number, challenge: string, nonce?: string) => ({
    exchange: 1,
    url: '',
    status,
    headers: [
      ['WWW-Authenticate', challenge] as const,
      ...(nonce === undefined ? [] : [['DPoP-Nonce', nonce] as const]),
    ],
    text: '',
    truncated: false,
  });

  test('is repeated with the nonce that the server asks for', async () => {
    const credentials = dpop('token-1', key, Date.now);
    const asks = answer(401, 'DPoP error="use_dpop_nonce"', 'n-1');
    expect(credentials.learn(asks)).toBe(true);
    const headers = new Map(await credentials.headers('POST', 'https://a.test/'));
    expect((JSON.parse(headers.get('dpop') ?? '') as Proof).claims.nonce).toBe('n-1');
    // The same nonce once more would get the same answer.
    expect(credentials.learn(asks)).toBe(false);
  });

  test.each([
    ['an answer without a nonce', answer(401, 'DPoP error="use_dpop_nonce"')],
    ['another refusal', answer(401, 'DPoP error="invalid_token"', 'n-1')],
    ['a success, which only brings the next nonce', answer(200, '', 'n-1')],
  ])('is not repeated for %s', (_, seen) => {
    expect(dpop('token-1', key, Date.now).learn(seen)).toBe(false);
  });
});
