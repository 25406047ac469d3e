/** Grants without the user's browser, pushed requests, and every way a client proves who it is. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import type { FlowOptions } from '../../src/flow/options.ts';
import { metadataWith, startBoth } from './eras.ts';
import { consentBy, runFlow } from './support.ts';
import {
  AUTHORIZE,
  callbackOf,
  formOf,
  type Hit,
  jsonOf,
  PRM,
  REGISTER,
  type Reply,
  type Routes,
  resourceMetadata,
  TOKEN,
  type World,
} from './world.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

/** A human is not to be asked. */
const nobody = consentBy(async () => {
  throw new Error('nobody was to be asked');
});

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function tokenForm(world: World, index = 0): Readonly<Record<string, string>> {
  return formOf(world.hitsOf(TOKEN)[index]!);
}

/** A service that has its credentials. */
function service(more: Partial<FlowOptions> = {}): Partial<FlowOptions> {
  return { grant: 'client_credentials', clientId: 'service', ...more };
}

describe('client credentials', () => {
  test('go straight to the token endpoint, and name resource and scope there', async () => {
    const world = await startBoth(metadataWith({ authorization_endpoint: undefined }));
    const { outcome, trace, notes } = await runFlow(world.mcpUrl, {
      flow: service({ clientSecret: 's3cret', tokenAuthMethod: 'client_secret_post' }),
      consent: nobody,
    });
    expect(outcome).toBe('completed');
    expect(tokenForm(world)).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      resource: world.mcpUrl,
      client_id: 'service',
      client_secret: 's3cret',
    });
    expect([...world.hitsOf(REGISTER), ...world.hitsOf(AUTHORIZE)]).toEqual([]);
    expect(trace.sequence_summary.auth_code_received).toBe(false);
    expect(trace.metadata.options).toMatchObject({ grant: 'client_credentials' });
    expect(notes('authorization')).toContain('no user takes part');
  });

  test.each<[readonly string[] | undefined, boolean]>([
    [['authorization_code'], true],
    [['client_credentials'], false],
    [undefined, false],
  ])('are asked for where %j are offered, and what is not is noted: %j', async (offered, noted) => {
    const world = await startBoth(metadataWith({ grant_types_supported: offered }));
    const { outcome, notes } = await runFlow(world.mcpUrl, {
      flow: service({ clientSecret: 's' }),
    });
    expect(outcome).toBe('completed');
    expect(notes('authorization').includes('grant_types_supported is')).toBe(noted);
  });

  test('need no metadata about PKCE', async () => {
    const world = await startBoth(metadataWith({ code_challenge_methods_supported: undefined }));
    const { outcome } = await runFlow(world.mcpUrl, { flow: service({ clientSecret: 's' }) });
    expect(outcome).toBe('completed');
  });
});

describe('a client proves who it is', () => {
  const odd = { id: 'a b:c/ü%~+', secret: 'p&=:ß "\\*' };

  test('with Basic, each half encoded as in a form', async () => {
    const world = await startBoth();
    await runFlow(world.mcpUrl, {
      flow: service({
        clientId: odd.id,
        clientSecret: odd.secret,
        tokenAuthMethod: 'client_secret_basic',
      }),
    });
    const [scheme, value = ''] = world.hitsOf(TOKEN)[0]?.headers.authorization?.split(' ') ?? [];
    expect(scheme).toBe('Basic');
    const halves = Buffer.from(value, 'base64').toString().split(':');
    expect(halves).toHaveLength(2);
    const decoded = halves.map((half) => new URLSearchParams(`x=${half}`).get('x'));
    expect(decoded).toEqual([odd.id, odd.secret]);
    expect(tokenForm(world)).not.toHaveProperty('client_secret');
  });

  test('with Basic, plain where nothing needs encoding', async () => {
    const world = await startBoth();
    await runFlow(world.mcpUrl, {
      flow: service({ clientId: 'my-client_1.0', clientSecret: 'abc-._*' }),
    });
    const expected = Buffer.from('my-client_1.0:abc-._*').toString('base64');
    expect(world.hitsOf(TOKEN)[0]?.headers.authorization).toBe(`Basic ${expected}`);
  });

  test('with its secret in the body', async () => {
    const world = await startBoth();
    await runFlow(world.mcpUrl, {
      flow: service({
        clientId: odd.id,
        clientSecret: odd.secret,
        tokenAuthMethod: 'client_secret_post',
      }),
    });
    expect(tokenForm(world)).toMatchObject({ client_id: odd.id, client_secret: odd.secret });
    expect(world.hitsOf(TOKEN)[0]?.headers.authorization).toBeUndefined();
  });

  test.each<[string, string, KeyObject]>([
    ['PEM', PEM, publicKey],
    ['JWK', JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'key-1' }), publicKey],
  ])('with a signature by its private key, from a %s', async (kind, text, verifies) => {
    const world = await startBoth();
    const { outcome } = await runFlow(world.mcpUrl, {
      flow: service({ clientKey: { text, algorithm: 'ES256' } }),
    });
    expect(outcome).toBe('completed');
    const { client_assertion: assertion = '', ...form } = tokenForm(world);
    expect(form.client_assertion_type).toBe(
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    );
    const { payload } = await jwtVerify(assertion, verifies, { audience: world.origin });
    expect(payload).toMatchObject({ iss: 'service', sub: 'service' });
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(300);
    expect(payload.jti).toBeTypeOf('string');
    expect(decodeProtectedHeader(assertion).kid).toBe(kind === 'JWK' ? 'key-1' : undefined);
    expect(form).not.toHaveProperty('client_secret');
  });

  test.each([
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'RS256'],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'ES384'],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey, 'EdDSA'],
  ])('with the usual algorithm of a %s key', async (_, key, algorithm) => {
    const world = await startBoth();
    const text = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    await runFlow(world.mcpUrl, { flow: service({ clientKey: { text } }) });
    const { client_assertion: assertion = '' } = tokenForm(world);
    expect(decodeProtectedHeader(assertion).alg).toBe(algorithm);
    await jwtVerify(assertion, createPublicKey(createPrivateKey(text)), { audience: world.origin });
  });

  test('with a signature by its secret', async () => {
    const world = await startBoth();
    const secret = 'a secret of more than thirty-two characters';
    await runFlow(world.mcpUrl, {
      flow: service({ clientSecret: secret, tokenAuthMethod: 'client_secret_jwt' }),
    });
    const { client_assertion: assertion = '', ...form } = tokenForm(world);
    const { payload } = await jwtVerify(assertion, Buffer.from(secret), {
      audience: world.origin,
    });
    expect(payload).toMatchObject({ iss: 'service', sub: 'service' });
    expect(form).not.toHaveProperty('client_secret');
  });

  test('with a new assertion each time', async () => {
    const world = await startBoth();
    await runFlow(world.mcpUrl, { flow: { clientId: 'app', clientKey: { text: PEM } } });
    const assertions = world.hitsOf(TOKEN).map((hit) => formOf(hit).client_assertion);
    expect(assertions).toHaveLength(2);
    expect(new Set(assertions).size).toBe(2);
  });
});

describe('a JWT of a platform', () => {
  const flow: Partial<FlowOptions> = { grant: 'jwt_bearer', assertion: 'aaa.bbb.ccc' };

  test('is the grant, without any other authentication', async () => {
    const world = await startBoth();
    const { outcome, trace } = await runFlow(world.mcpUrl, { flow, consent: nobody });
    expect(outcome).toBe('completed');
    expect(tokenForm(world)).toMatchObject({
      grant_type: JWT_BEARER,
      assertion: 'aaa.bbb.ccc',
      resource: world.mcpUrl,
    });
    expect(world.hitsOf(TOKEN)[0]?.headers.authorization).toBeUndefined();
    expect(world.hitsOf(REGISTER)).toEqual([]);
    expect(trace.sequence_summary.client_id).toBeNull();
  });

  test.each(['invalid_grant', 'invalid_scope', 'unauthorized_client'])(
    'that is refused with %s is not sent again, and no other grant is tried',
    async (code) => {
      const world = await startBoth({ [TOKEN]: { status: 400, json: { error: code } } });
      const { outcome, reason } = await runFlow(world.mcpUrl, { flow });
      expect(outcome).toBe('failed');
      expect(reason).toContain(code);
      expect(world.hitsOf(TOKEN)).toHaveLength(1);
    },
  );
});

describe('an ID token of the company', () => {
  const flowAt = (world: World, more: object = {}): Partial<FlowOptions> => ({
    grant: 'enterprise',
    clientId: 'app',
    clientSecret: 'app-secret',
    enterprise: {
      idToken: 'id.token.jwt',
      tokenEndpoint: `${world.origin}/idp/token`,
      clientId: 'app-at-idp',
      ...more,
    },
  });
  const EXCHANGE = 'POST /idp/token';
  const issues: Reply = {
    json: {
      access_token: 'id-jag.of.idp',
      issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      token_type: 'N_A',
      expires_in: 60,
    },
  };

  test('is exchanged for an assertion, which is redeemed at the authorization server', async () => {
    const world = await startBoth({ [EXCHANGE]: issues });
    const { outcome } = await runFlow(world.mcpUrl, { flow: flowAt(world), consent: nobody });
    expect(outcome).toBe('completed');
    expect(formOf(world.hitsOf(EXCHANGE)[0]!)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      subject_token: 'id.token.jwt',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      audience: world.origin,
      resource: world.mcpUrl,
      client_id: 'app-at-idp',
    });
    expect(tokenForm(world)).toMatchObject({ grant_type: JWT_BEARER, assertion: 'id-jag.of.idp' });
    expect(world.hitsOf(TOKEN)[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('app:app-secret').toString('base64')}`,
    );
  });

  test('is exchanged with the secret that the client has there', async () => {
    const world = await startBoth({ [EXCHANGE]: issues });
    await runFlow(world.mcpUrl, { flow: flowAt(world, { clientSecret: 'idp-secret' }) });
    expect(world.hitsOf(EXCHANGE)[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('app-at-idp:idp-secret').toString('base64')}`,
    );
  });

  test('that the provider refuses fails the run there', async () => {
    const world = await startBoth({
      [EXCHANGE]: { status: 400, json: { error: 'invalid_grant', error_description: 'expired' } },
    });
    const { failedStep, reason } = await runFlow(world.mcpUrl, { flow: flowAt(world) });
    expect(failedStep).toBe('authorization');
    expect(reason).toContain('"invalid_grant": "expired"');
    expect(world.hitsOf(TOKEN)).toEqual([]);
  });
});

describe('a device code', () => {
  const START = 'POST /device';
  const flow: Partial<FlowOptions> = { grant: 'device_code' };

  /** A device endpoint whose user approves after some questions of the client. */
  function deviceRoutes(answers: readonly Reply[], started: Reply = STARTED): Routes {
    let asked = 0;
    return {
      ...metadataWithDevice,
      [START]: started,
      [TOKEN]: () => answers[Math.min(asked++, answers.length - 1)] ?? TOKENS,
    };
  }

  const metadataWithDevice: Routes = {
    'GET /.well-known/oauth-authorization-server': (_, { origin }) => ({
      json: {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        registration_endpoint: `${origin}/register`,
        device_authorization_endpoint: `${origin}/device`,
      },
    }),
  };
  const STARTED: Reply = {
    json: {
      device_code: 'device-1',
      user_code: 'ABCD-EFGH',
      verification_uri: 'https://login.test/device',
      expires_in: 60,
      interval: 0.01,
    },
  };
  const PENDING: Reply = { status: 400, json: { error: 'authorization_pending' } };
  const TOKENS: Reply = { json: { access_token: 'access-1', token_type: 'Bearer' } };

  test('is asked for, told to the user, and redeemed once the user has approved', async () => {
    const world = await startBoth(deviceRoutes([PENDING, PENDING, TOKENS]));
    const said: string[] = [];
    const { outcome } = await runFlow(world.mcpUrl, {
      flow,
      consent: nobody,
      say: (text) => said.push(text),
    });
    expect(outcome).toBe('completed');
    expect(said.join()).toContain('https://login.test/device');
    expect(said.join()).toContain('ABCD-EFGH');
    expect(formOf(world.hitsOf(START)[0]!)).toEqual({
      client_id: 'client-1',
      scope: 'read write',
      resource: world.mcpUrl,
    });
    const polls = world.hitsOf(TOKEN).map(formOf);
    expect(polls).toHaveLength(3);
    for (const form of polls)
      expect(form).toEqual({ grant_type: DEVICE, device_code: 'device-1', client_id: 'client-1' });
  });

  test('is registered for', async () => {
    const world = await startBoth(deviceRoutes([TOKENS]));
    await runFlow(world.mcpUrl, { flow });
    expect(jsonOf(world.hitsOf(REGISTER)[0]!).grant_types).toContain(DEVICE);
  });

  test.each(['access_denied', 'expired_token'])('that ends with %s fails the run', async (code) => {
    const world = await startBoth(deviceRoutes([PENDING, { status: 400, json: { error: code } }]));
    const { outcome, failedStep, reason } = await runFlow(world.mcpUrl, { flow });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'token' });
    expect(reason).toContain(code);
  });

  test('that is refused fails the run with what the server said', async () => {
    const refusal: Reply = { status: 400, json: { error: 'invalid_scope' } };
    const world = await startBoth(deviceRoutes([], refusal));
    const { failedStep, reason } = await runFlow(world.mcpUrl, { flow });
    expect(failedStep).toBe('authorization');
    expect(reason).toContain('the device authorization endpoint answered 400 "invalid_scope"');
  });

  test('cannot be asked for where the metadata names no endpoint', async () => {
    const world = await startBoth();
    const { reason } = await runFlow(world.mcpUrl, { flow });
    expect(reason).toContain('device_authorization_endpoint');
  });
});

describe('a pushed authorization request', () => {
  const PUSH = 'POST /push';

  function pushing(reply: (hit: Hit) => Reply): Routes {
    return {
      'GET /.well-known/oauth-authorization-server': (_, { origin }) => ({
        json: {
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          pushed_authorization_request_endpoint: `${origin}/push`,
          require_pushed_authorization_requests: true,
          code_challenge_methods_supported: ['S256'],
        },
      }),
      [PUSH]: reply,
      // The redirect and the state are in what was pushed.
      [AUTHORIZE]: (hit, { hitsOf }) => {
        const pushed = new URLSearchParams(hitsOf(PUSH)[0]?.body);
        const url = new URL(`${hit.url.origin}${hit.url.pathname}?${pushed}`);
        return callbackOf({ ...hit, url });
      },
    };
  }
  const accepted = { request_uri: 'urn:ietf:params:oauth:request_uri:1', expires_in: 60 };

  test('holds everything, and the browser only its name', async () => {
    const world = await startBoth(pushing(() => ({ status: 201, json: accepted })));
    const { outcome } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    const pushed = formOf(world.hitsOf(PUSH)[0]!);
    expect(Object.keys(pushed).sort()).toEqual([
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'redirect_uri',
      'resource',
      'response_type',
      'scope',
      'state',
    ]);
    const query = Object.fromEntries(world.hitsOf(AUTHORIZE)[0]!.url.searchParams);
    expect(query).toEqual({ client_id: 'client-1', request_uri: accepted.request_uri });
  });

  test('authenticates the client as the token request does', async () => {
    const world = await startBoth(pushing(() => ({ status: 201, json: accepted })));
    await runFlow(world.mcpUrl, { flow: { clientId: 'app', clientSecret: 'word' } });
    const expected = `Basic ${Buffer.from('app:word').toString('base64')}`;
    expect(world.hitsOf(PUSH)[0]?.headers.authorization).toBe(expected);
  });

  test('answered with 200 is gone on with, and noted', async () => {
    const world = await startBoth(pushing(() => ({ status: 200, json: accepted })));
    const { outcome, notes } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(notes('authorization')).toContain('some clients stop here');
  });

  test('that is refused fails the run before anybody is asked', async () => {
    const world = await startBoth(
      pushing(() => ({ status: 400, json: { error: 'invalid_request' } })),
    );
    const { failedStep, reason, crash } = await runFlow(world.mcpUrl, { consent: nobody });
    expect({ failedStep, crash }).toEqual({ failedStep: 'authorization', crash: undefined });
    expect(reason).toContain('the pushed authorization request answered 400 "invalid_request"');
  });

  test('that gets no answer fails the run', async () => {
    const world = await startBoth(pushing(() => 'reset'));
    const { failedStep, crash } = await runFlow(world.mcpUrl);
    expect({ failedStep, crash }).toEqual({ failedStep: 'authorization', crash: undefined });
  });

  test('is not made where the server only offers it', async () => {
    const world = await startBoth({
      'GET /.well-known/oauth-authorization-server': (_, { origin }) => ({
        json: {
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          pushed_authorization_request_endpoint: `${origin}/push`,
          code_challenge_methods_supported: ['S256'],
        },
      }),
      [PRM]: (_, here) => ({ json: resourceMetadata(here) }),
    });
    const { outcome } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(world.hitsOf(PUSH)).toEqual([]);
  });
});
