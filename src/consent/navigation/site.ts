import { getPublicSuffix } from 'tough-cookie';

/**
 * Whether two URLs are of one site: same scheme, same registrable domain.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#same-site
 */
export function isSameSite(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && siteOf(a.hostname) === siteOf(b.hostname);
}

/**
 * Whether a browser trusts what comes from there as much as it trusts TLS: https, and this machine.
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || isThisMachine(url.hostname);
}

function isThisMachine(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** The registrable domain of a host; the host itself where it has none, as an IP address. */
function siteOf(hostname: string): string {
  if (hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) return hostname;
  return getPublicSuffix(hostname, { allowSpecialUseDomain: true, ignoreError: true }) ?? hostname;
}
