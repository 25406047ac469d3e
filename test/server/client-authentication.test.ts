import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { codeForm, obtainCode, postToken, register } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();

async function machine(method: string): Promise<{ readonly id: string; readonly secret: string }> {
  const { document } = await register(server, {
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: method,
  });
  return { id: String(document.client_id), secret: String(document.client_secret) };
}

function basic(id: string, secret: string): { readonly authorization: string } {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return { authorization: `Basic ${btoa(`${encode(id)}:${encode(secret)}`)}` };
}

const GRANT = { grant_type: 'client_credentials' };

test('client_secret_basic gives a confidential client a token for itself', async () => {
  const { id, secret } = await machine('client_secret_basic');
  const { status, document } = await postToken(server, GRANT, basic(id, secret));
  expect(status).toBe(200);
  expect(decodeJwt(String(document.access_token))).toMatchObject({ sub: id, client_id: id });
  expect(document).not.toHaveProperty('refresh_token');
});

test('client_secret_post does so with the secret in the body', async () => {
  const { id, secret } = await machine('client_secret_post');
  const form = { ...GRANT, client_id: id, client_secret: secret };
  expect((await postToken(server, form)).status).toBe(200);
});

test('both halves of Basic credentials are form-decoded', async () => {
  const { id, secret } = await machine('client_secret_basic');
  const encoded = `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`;
  const { status } = await postToken(server, GRANT, {
    authorization: `basic ${btoa(`${encoded}:${secret}`)}`,
  });
  expect(status).toBe(200);
});

test('a wrong secret is answered with 401 and a Basic challenge', async () => {
  const { id } = await machine('client_secret_basic');
  const { status, headers, document } = await postToken(server, GRANT, basic(id, 'wrong'));
  expect([status, document.error]).toEqual([401, 'invalid_client']);
  expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/);
});

test('another method than the registered one is refused', async () => {
  const { id, secret } = await machine('client_secret_basic');
  const { document } = await postToken(server, { ...GRANT, client_id: id, client_secret: secret });
  expect(document.error).toBe('invalid_client');
});

test('two methods at once are refused', async () => {
  const { id, secret } = await machine('client_secret_basic');
  const form = { ...GRANT, client_id: id, client_secret: secret };
  const { document } = await postToken(server, form, basic(id, secret));
  expect(document.error).toBe('invalid_request');
});

test.each([
  ['an unknown client', { client_id: 'nobody' }],
  ['no client at all', {}],
])('%s is refused with invalid_client', async (_, form) => {
  const { status, document } = await postToken(server, { ...GRANT, ...form });
  expect([status, document.error]).toEqual([401, 'invalid_client']);
});

test('a scope that only users grant is not given to a client', async () => {
  const { id, secret } = await machine('client_secret_basic');
  const form = { ...GRANT, scope: 'offline_access' };
  expect((await postToken(server, form, basic(id, secret))).document.error).toBe('invalid_scope');
});

test('a confidential client redeems its code with its secret, and not without', async () => {
  const flow = await obtainCode(server, {}, { token_endpoint_auth_method: 'client_secret_post' });
  const form = codeForm(server, flow);
  const client_secret = String(flow.client.client_secret);
  expect((await postToken(server, form)).document.error).toBe('invalid_client');
  expect((await postToken(server, { ...form, client_secret })).status).toBe(200);
});

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function keyHolder() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const { document } = await register(server, {
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [await exportJWK(publicKey)] },
  });
  const id = String(document.client_id);
  const sign = (audience: string, lifetime = '1m', key = privateKey) =>
    new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(audience)
      .setExpirationTime(lifetime)
      .sign(key);
  const send = (client_assertion: string) =>
    postToken(server, { ...GRANT, client_assertion_type: ASSERTION_TYPE, client_assertion });
  return { sign, send, document };
}

test('a client with a key signs who it is, and gets no secret', async () => {
  const { sign, send, document } = await keyHolder();
  expect(document).not.toHaveProperty('client_secret');
  expect((await send(await sign(server.issuer))).status).toBe(200);
});

test('an assertion is good once', async () => {
  const { sign, send } = await keyHolder();
  const assertion = await sign(server.issuer);
  await send(assertion);
  expect((await send(assertion)).document.error).toBe('invalid_client');
});

test.each([
  ['for another server', (sign: Sign) => sign('https://other.example')],
  ['that has expired', (sign: Sign) => sign(server.issuer, '-1m')],
  ['that lives for a day', (sign: Sign) => sign(server.issuer, '1d')],
  [
    'signed with another key',
    async (sign: Sign) => sign(server.issuer, '1m', (await generateKeyPair('ES256')).privateKey),
  ],
  ['that is no JWT', async () => 'guessed'],
])('an assertion %s is refused', async (_, make) => {
  const { sign, send } = await keyHolder();
  const { status, document } = await send(await make(sign));
  expect([status, document.error]).toEqual([401, 'invalid_client']);
});

type Sign = Awaited<ReturnType<typeof keyHolder>>['sign'];

test('a client with a key has to register it', async () => {
  const { document } = await register(server, { token_endpoint_auth_method: 'private_key_jwt' });
  expect(document.error).toBe('invalid_client_metadata');
});
