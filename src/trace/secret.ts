import { createHash } from 'node:crypto';
import { isObject, type JsonObject, parseJson } from './body.ts';
import type { Secret } from './schema.ts';

/** Characters of base64url(SHA-256(secret)) that a machine-made secret's label carries. */
const LABEL_LENGTH = 12;

const MACHINE_LABEL = /^<([a-z_]+) ([A-Za-z0-9_-]{12})>$/;
const ANY_LABEL = /^<[a-z_]+ (?:#\d+|[A-Za-z0-9_-]{12})>$/;

/** `<kind label>`, the label being the first 12 characters of base64url(SHA-256(secret)). */
export function machineLabel(kind: string, secret: string): string {
  return `<${kind} ${digest(secret).slice(0, LABEL_LENGTH)}>`;
}

/** True for text that stands in place of a secret. */
export function isLabel(text: string): boolean {
  return ANY_LABEL.test(text);
}

const ESCAPED_LABEL =
  /(?:%3C|&lt;)([a-z_]+)(?: |%20|\+)((?:%23|#|&#35;)\d+|[\w-]{12})(?:%3E|&gt;)/gi;

/** The text with the labels of secrets spelled out where a URL or a page holds them escaped. */
export function withLabels(text: string): string {
  return text.replace(ESCAPED_LABEL, (_, kind: string, label: string) => {
    return `<${kind} ${label.replace(/^(?:%23|&#35;)/, '#')}>`;
  });
}

/** What is known of a secret that is spelled out: length, alphabet, decoded JWT. */
export function describeSecret(label: string, secret: string): Secret {
  const jwt = decodeJwt(secret);
  return {
    label,
    length: secret.length,
    alphabet: /^[A-Za-z0-9._~-]*$/.test(secret)
      ? 'unreserved'
      : /^[\x21-\x7e]*$/.test(secret)
        ? 'visible-ascii'
        : 'other',
    ...(jwt && { jwt }),
  };
}

/** Header and claims of a JWT in compact form, signature unverified; undefined when it is not one. */
export function decodeJwt(text: string): Secret['jwt'] | undefined {
  const [header, claims, signature, ...rest] = text.split('.');
  if (!header || !claims || signature === undefined || rest.length > 0) return undefined;
  const decoded = [header, claims].map(decodeObject);
  return decoded[0] && decoded[1] ? { header: decoded[0], claims: decoded[1] } : undefined;
}

/**
 * Whether a verifier, spelled out or labelled, belongs to an S256 challenge (RFC 7636 section 4.6).
 * A label is the head of that same hash, so a redacted file answers as the live run does.
 */
export function verifierMatches(verifier: string, challenge: string): boolean {
  const label = MACHINE_LABEL.exec(verifier)?.[2];
  return label ? challenge.startsWith(label) : digest(verifier) === challenge;
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function decodeObject(part: string): JsonObject | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return undefined;
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}
