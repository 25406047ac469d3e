import type { Tls } from './schema.ts';

/**
 * Whether the client had reason not to trust a connection. What a server logs says nothing of it:
 * only the client sees a certificate, and what is wrong with it.
 */
export function isDistrusted({ authorized, authorization_error, certificate }: Tls): boolean {
  return !authorized && (authorization_error !== null || certificate !== null);
}
