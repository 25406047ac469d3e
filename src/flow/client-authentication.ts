import type * as Oauth from 'openid-client';
import type { ClientKey } from './options.ts';
import type { Client } from './step.ts';

/**
 * How a token request proves the client. The audience of an assertion is the issuer, which every
 * server that follows RFC 7523 since its revision accepts.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 */
export async function authentication(
  oauth: typeof Oauth,
  { id, authMethod, secret }: Client,
  key: ClientKey | undefined,
): Promise<Oauth.ClientAuth> {
  // Without an id there is nothing to say: a platform's JWT speaks for itself.
  if (id === '') return () => {};
  if (authMethod === 'private_key_jwt' && key) return await signature(oauth, key);
  // A secret method without a secret happens: the server then says what it thinks of it.
  if (!secret || authMethod === 'none' || authMethod === 'private_key_jwt') return oauth.None();
  const methods = {
    client_secret_basic: basic,
    client_secret_post: oauth.ClientSecretPost,
    client_secret_jwt: oauth.ClientSecretJwt,
  };
  return methods[authMethod](secret);
}

/**
 * Id and secret as a form would encode them. openid-client also encodes the characters that a form
 * leaves alone, a hyphen for instance, and servers that compare without decoding are common.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
function basic(secret: string): Oauth.ClientAuth {
  return (_server, { client_id: id }, _body, headers) => {
    const credentials = `${formEncoded(id)}:${formEncoded(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** Says the algorithm in the words of the user: Ed25519 keys have two names for theirs. */
async function signature(oauth: typeof Oauth, clientKey: ClientKey): Promise<Oauth.ClientAuth> {
  const { algorithm, ...key } = await importKey(clientKey);
  return oauth.PrivateKeyJwt(key, {
    [oauth.modifyAssertion]: (header) => {
      header.alg = algorithm;
    },
  });
}

type SigningKey = Oauth.PrivateKey & { readonly algorithm: string };

/** @throws {TypeError} for text that is no private key; the command line has looked before. */
async function importKey({ text, algorithm: wanted }: ClientKey): Promise<SigningKey> {
  const { importJWK, importPKCS8 } = await import('jose');
  if (!text.trimStart().startsWith('{')) {
    const algorithm = wanted ?? algorithmOf(text);
    return { key: await importPKCS8(text, algorithm), algorithm };
  }
  // A JWK file; jose names what is wrong with it.
  const jwk = JSON.parse(text) as { kid?: string; alg?: string };
  const algorithm = wanted ?? jwk.alg ?? 'ES256';
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array)
    throw new TypeError('the key is symmetric, expected a private one');
  return { key, algorithm, ...(jwk.kid !== undefined && { kid: jwk.kid }) };
}

/** The usual algorithm for a PEM key: told from its object identifier. */
function algorithmOf(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64').toString('hex');
  const found = ALGORITHMS.find(([identifier]) => der.includes(identifier));
  return found?.[1] ?? 'ES256';
}

/** Object identifiers, in hexadecimal DER, and the algorithm their keys are used with. */
const ALGORITHMS: readonly (readonly [string, string])[] = [
  ['06082a8648ce3d030107', 'ES256'],
  ['06052b81040022', 'ES384'],
  ['06052b81040023', 'ES512'],
  ['06032b6570', 'EdDSA'],
  ['06092a864886f70d010101', 'RS256'],
];
