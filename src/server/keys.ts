import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

/** The signing key of the authorization server and what others may know of it. */
export interface Keys {
  readonly algorithm: 'ES256';
  readonly id: string;
  readonly privateKey: CryptoKey;
  /** The document behind `jwks_uri`. */
  readonly jwks: JSONWebKeySet;
  /** Finds the public key for a token's header. */
  readonly lookup: JWTVerifyGetKey;
}

/** A fresh key pair: nothing signed by an earlier run is valid now. */
export async function createKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const id = 'reference-1';
  const jwks = {
    keys: [{ ...(await exportJWK(publicKey)), kid: id, alg: 'ES256', use: 'sig' }],
  };
  return { algorithm: 'ES256', id, privateKey, jwks, lookup: createLocalJWKSet(jwks) };
}
