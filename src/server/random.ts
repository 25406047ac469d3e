import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits in characters that need no escaping anywhere. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether two secrets are the same, in a time that tells nothing about where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

/** BASE64URL(SHA-256(text)), as PKCE's S256 method has it. @see RFC 7636 section 4.6 */
export function s256(text: string): string {
  return sha256(text).toString('base64url');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
