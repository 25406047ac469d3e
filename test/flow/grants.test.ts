import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { runFlow } from './support.ts';
import {
  ASM,
  AUTHORIZE,
  answerRpc,
  callbackOf,
  formOf,
  MCP,
  type Route,
  type Routes,
  serverMetadata,
  startWorld,
  TOKEN,
} from './world.ts';

const tokens = { access_token: 'access-1', token_type: 'Bearer' };

const withMetadata =
  (change: (origin: string) => Record<string, unknown>): Route =>
  (_, world) => ({ json: { ...serverMetadata(world), ...change(world.origin) } });

async function run(routes: Routes, flow: NonNullable<Parameters<typeof runFlow>[1]>['flow'] = {}) {
  const said: string[] = [];
  const world = await startWorld(routes);
  const result = await runFlow(world.mcpUrl, { flow, say: (line) => said.push(line) });
  const [hit] = world.hitsOf(TOKEN);
  return { world, said, form: hit ? formOf(hit) : {}, hit, ...result };
}

describe('client credentials', () => {
  test('need no user: no browser, no code, the scope in the token request', async () => {
    const { outcome, world, form, trace } = await run(
      { [TOKEN]: { json: tokens } },
      { grant: 'client_credentials', clientId: 'machine', clientSecret: 'secret-1' },
    );
    expect(outcome).toBe('completed');
    expect(world.hitsOf(AUTHORIZE)).toEqual([]);
    expect(form).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'read write',
      resource: world.mcpUrl,
    });
    expect(trace.sequence_summary.auth_code_received).toBe(false);
    expect(trace.metadata.options).toMatchObject({ grant: 'client_credentials' });
  });

  test('may be proved by a key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { outcome, form, world } = await run(
      { [TOKEN]: { json: tokens } },
      { grant: 'client_credentials', clientId: 'machine', clientKey: { text } },
    );
    expect(outcome).toBe('completed');
    const { client_assertion: assertion = '', client_assertion_type: type } = form;
    expect(type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    expect(decodeProtectedHeader(assertion).alg).toBe('ES256');
    expect(decodeJwt(assertion)).toMatchObject({
      iss: 'machine',
      sub: 'machine',
      aud: world.origin,
    });
  });
});

describe('an assertion', () => {
  test('is redeemed without a user', async () => {
    const { outcome, form } = await run(
      { [TOKEN]: { json: tokens } },
      { grant: 'jwt_bearer', clientId: 'machine', assertion: 'a.b.c' },
    );
    expect(outcome).toBe('completed');
    expect(form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'a.b.c',
    });
  });

  test('that is missing fails the run', async () => {
    const { outcome, failedStep } = await run({}, { grant: 'jwt_bearer', clientId: 'machine' });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'authorization' });
  });
});

describe('a device', () => {
  const device: Routes = {
    [ASM]: withMetadata((origin) => ({ device_authorization_endpoint: `${origin}/device` })),
    'POST /device': (_, { origin }) => ({
      json: {
        device_code: 'device-1',
        user_code: 'ABCD-EFGH',
        verification_uri: `${origin}/activate`,
        expires_in: 60,
        interval: 0.01,
      },
    }),
  };

  test('is told where to go, and asked for until the user has approved', async () => {
    let polls = 0;
    const { outcome, reason, said, world } = await run(
      {
        ...device,
        [TOKEN]: () => {
          polls += 1;
          return polls === 1
            ? { status: 400, json: { error: 'authorization_pending' } }
            : { json: tokens };
        },
      },
      { grant: 'device_code' },
    );
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    expect(said.join()).toMatch(/activate.*ABCD-EFGH/);
    expect(world.hitsOf(TOKEN).map((hit) => formOf(hit).device_code)).toEqual([
      'device-1',
      'device-1',
    ]);
  });

  test('that was refused fails the run', async () => {
    const { outcome, failedStep, reason } = await run(
      { ...device, [TOKEN]: { status: 400, json: { error: 'access_denied' } } },
      { grant: 'device_code' },
    );
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'token' });
    expect(reason).toContain('access_denied');
  });

  test('cannot be used where the server has no endpoint for it', async () => {
    const { outcome, reason } = await run({}, { grant: 'device_code' });
    expect(outcome).toBe('failed');
    expect(reason).toContain('device_authorization_endpoint');
  });
});

describe('a server that wants the authorization request pushed', () => {
  const pushed = (answer: Route): Routes => ({
    [ASM]: withMetadata((origin) => ({
      require_pushed_authorization_requests: true,
      pushed_authorization_request_endpoint: `${origin}/par`,
    })),
    'POST /par': answer,
    [AUTHORIZE]: (hit, { hits }) => {
      const par = hits.find(({ route }) => route === 'POST /par');
      const form = par ? formOf(par) : {};
      const url = new URL(hit.url);
      for (const name of ['redirect_uri', 'state']) url.searchParams.set(name, form[name] ?? '');
      return callbackOf({ ...hit, url });
    },
  });

  test.each([201, 200])(
    'gets it pushed, and the browser only the reference (%i)',
    async (status) => {
      const { outcome, reason, world } = await run(
        pushed({ status, json: { request_uri: 'urn:x:1', expires_in: 60 } }),
      );
      expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
      const query = world.hitsOf(AUTHORIZE)[0]?.url.searchParams;
      expect([...(query?.keys() ?? [])].sort()).toEqual(['client_id', 'request_uri']);
      const [par] = world.hitsOf('POST /par');
      expect(par && formOf(par)).toMatchObject({
        code_challenge_method: 'S256',
        scope: 'read write',
      });
    },
  );

  test('and refuses it fails the run', async () => {
    const { outcome, failedStep, reason } = await run(
      pushed({ status: 400, json: { error: 'invalid_request' } }),
    );
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'authorization' });
    expect(reason).toContain('invalid_request');
  });
});

describe('tokens bound to a key', () => {
  test('are asked for and used with proofs of the same key', async () => {
    const { outcome, reason, world, hit } = await run(
      {
        [TOKEN]: { json: { ...tokens, token_type: 'DPoP' } },
        [MCP]: (hit, { origin }) =>
          hit.headers.authorization === 'DPoP access-1'
            ? answerRpc(hit)
            : {
                status: 401,
                headers: {
                  'www-authenticate': `DPoP resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
                },
              },
      },
      { dpop: true },
    );
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    const call = world.hitsOf(MCP).find(({ headers }) => headers.authorization !== undefined);
    const [asked, used] = [hit, call].map((one) => String(one?.headers.dpop));
    expect(decodeProtectedHeader(used ?? '').jwk).toEqual(decodeProtectedHeader(asked ?? '').jwk);
    expect(decodeJwt(used ?? '')).toMatchObject({ htm: 'POST', htu: world.mcpUrl });
  });
});
