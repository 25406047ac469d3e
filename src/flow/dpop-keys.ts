import type { CryptoKeyPair } from 'openid-client';
import type { DpopKey } from '../mcp/dpop.ts';

/** One key pair, as the token endpoint's library and the MCP calls want it. */
export interface DpopKeys {
  readonly pair: CryptoKeyPair;
  readonly key: DpopKey;
}

/** Makes the ES256 key that the tokens of this run are bound to (RFC 9449). */
export async function createDpopKeys(): Promise<DpopKeys> {
  const { exportJWK, SignJWT } = await import('jose');
  const { randomDPoPKeyPair } = await import('openid-client');
  const pair = await randomDPoPKeyPair('ES256');
  const jwk = await exportJWK(pair.publicKey);
  return {
    pair,
    key: {
      jwk,
      sign: (header, claims) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'ES256', ...header })
          .sign(pair.privateKey),
    },
  };
}
