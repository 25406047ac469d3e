import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { ClientKey } from '../flow/options.ts';
import { UserError } from './exit.ts';
import { readText } from './settings.ts';

/** A signing algorithm and the keys that fit it. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
interface Algorithm {
  readonly name: string;
  readonly fits: (key: KeyObject) => boolean;
}

/** The usual algorithm of a key comes first. */
const ALGORITHMS: readonly Algorithm[] = [
  { name: 'ES256', fits: (key) => curveOf(key) === 'prime256v1' },
  { name: 'ES384', fits: (key) => curveOf(key) === 'secp384r1' },
  { name: 'ES512', fits: (key) => curveOf(key) === 'secp521r1' },
  ...['EdDSA', 'Ed25519'].map((name) => ({
    name,
    fits: (key: KeyObject) => key.asymmetricKeyType === 'ed25519',
  })),
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((name) => ({
    name,
    fits: (key: KeyObject) => key.asymmetricKeyType === 'rsa',
  })),
];

/**
 * A private key from a PEM or JWK file, with what it signs with.
 * @throws {UserError} when it is none, or does not fit the algorithm; its text is never repeated.
 */
export function readClientKey(file: string, wanted: string | undefined): ClientKey {
  const seen = `--client-key ${JSON.stringify(file)}`;
  const text = readText('--client-key', file).trim();
  const jwk = text.startsWith('{') ? parseJwk(text, seen) : undefined;
  const key = importKey(jwk ?? text, seen);
  const fitting = ALGORITHMS.filter(({ fits }) => fits(key)).map(({ name }) => name);
  const [usual] = fitting;
  if (usual === undefined)
    throw new UserError(`${seen} is a ${kindOf(key)} key, expected P-256, Ed25519 or RSA`);
  const algorithm = wanted ?? (typeof jwk?.alg === 'string' ? jwk.alg : usual);
  if (!fitting.includes(algorithm))
    throw new UserError(
      `${seen} is a ${kindOf(key)} key, which does not sign ${JSON.stringify(algorithm)}; expected ${fitting.join(', ')}`,
    );
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { text: jwk ? text : pem, algorithm };
}

type Jwk = Readonly<Record<string, unknown>>;

function parseJwk(text: string, seen: string): Jwk {
  try {
    return JSON.parse(text) as Jwk;
  } catch {
    throw new UserError(`${seen} begins like a JWK but is not JSON`);
  }
}

function importKey(source: string | Jwk, seen: string): KeyObject {
  try {
    return typeof source === 'string'
      ? createPrivateKey(source)
      : createPrivateKey({ key: { ...source }, format: 'jwk' });
  } catch {
    const encrypted = typeof source === 'string' && source.includes('ENCRYPTED');
    throw new UserError(
      encrypted
        ? `${seen} is encrypted, expected a private key without passphrase`
        : `${seen} holds no private key, expected a PEM block or a JWK with its private part`,
    );
  }
}

function curveOf({ asymmetricKeyDetails }: KeyObject): string | undefined {
  return asymmetricKeyDetails?.namedCurve;
}

function kindOf(key: KeyObject): string {
  return curveOf(key) ?? key.asymmetricKeyType ?? 'secret';
}
