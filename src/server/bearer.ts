import { headerValue } from '../trace/headers.ts';
import type { Inbound } from './answer.ts';

/** The token of an `Authorization: Bearer` header; the scheme has no case. @see RFC 6750 section 2.1 */
export function readBearer(inbound: Inbound): string | undefined {
  const header = headerValue(inbound.headers, 'authorization') ?? '';
  return /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1];
}
