import { isIP } from 'node:net';
import { isLoopbackHost } from './resource.ts';

/** Addresses of RFC 1918, of carrier NAT, link-local and unique local ones, and loopback. */
const PRIVATE_ADDRESS =
  /^(?:0\.|10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1?$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** Names that no public resolver knows. */
const PRIVATE_NAME = /(?:^|\.)(?:local|localhost|internal|intranet|lan|home\.arpa)$/i;

/** True for an address that is not routed on the internet, with or without brackets. */
export function isPrivateAddress(address: string): boolean {
  const bare = unmapped(address.replace(/^\[|\]$/g, ''));
  return isIP(bare) !== 0 && PRIVATE_ADDRESS.test(bare);
}

/** The IPv4 address that stands within an IPv6 one (RFC 4291 section 2.5.5, RFC 6052), as URLs spell it too. */
function unmapped(address: string): string {
  const [, dotted, high = '', low = ''] =
    /^(?:64:ff9b)?::(?:ffff:)?(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(
      address,
    ) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === '') return address;
  const words = [high, low].map((word) => Number.parseInt(word, 16));
  return words.flatMap((word) => [word >> 8, word & 0xff]).join('.');
}

/** True for a URL whose host only its own network knows; false for text that is no URL. */
export function isPrivateHost(url: string): boolean {
  if (!URL.canParse(url)) return false;
  // A trailing dot makes a name absolute, and no other one.
  const hostname = new URL(url).hostname.replace(/\.$/, '');
  return isLoopbackHost(hostname) || isPrivateAddress(hostname) || PRIVATE_NAME.test(hostname);
}
