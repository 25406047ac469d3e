import type { Header } from '../../trace/schema.ts';
import { type ReferrerPolicy, referrerOf } from './referrer.ts';
import { isSameSite, isTrustworthy } from './site.ts';

/** One page load: how it began, and where its redirects have led so far. */
export interface Navigation {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  readonly contentType?: string;
  /** The page whose link, form or refresh began it; undefined for an address the user opened. */
  readonly initiator: URL | undefined;
  /** The initiator's policy, or what a redirect set since. */
  readonly policy: ReferrerPolicy;
  /** Every URL that redirected so far, first to last. */
  readonly hops: readonly URL[];
  /** Whether it began as a form post; its method may have become GET since. */
  readonly posted: boolean;
  /** Whether a click began it, rather than a script or a refresh. */
  readonly clicked: boolean;
  /** The exchange that led here; null for the first. */
  readonly causedBy: number | null;
  /** Whether the body holds what only the user knows. */
  readonly typed: boolean;
}

const ACCEPT =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';

/**
 * The headers of a top-level navigation, in the order in which Chromium sends them: those of a page
 * load or a form post, never those of a script's fetch.
 */
export function navigationHeaders(
  navigation: Navigation,
  userAgent: string,
  cookie: string | undefined,
): readonly Header[] {
  const { url, method, contentType, initiator, policy, clicked } = navigation;
  const trusted = isTrustworthy(url);
  const headers: readonly (readonly [string, string | undefined])[] = [
    // Chromium asks for a fresh page after a form post, its redirects included.
    ['Cache-Control', navigation.posted ? 'max-age=0' : undefined],
    ['Upgrade-Insecure-Requests', '1'],
    ['Content-Type', contentType],
    ['User-Agent', userAgent],
    ['Origin', method === 'POST' ? originOf(navigation) : undefined],
    ['Accept', ACCEPT],
    // Fetch metadata goes to trustworthy addresses only.
    ['Sec-Fetch-Site', trusted ? siteRelation(navigation) : undefined],
    ['Sec-Fetch-Mode', trusted ? 'navigate' : undefined],
    ['Sec-Fetch-User', trusted && clicked ? '?1' : undefined],
    ['Sec-Fetch-Dest', trusted ? 'document' : undefined],
    ['Referer', initiator && referrerOf(policy, initiator, url)],
    ['Accept-Encoding', trusted ? 'gzip, deflate, br' : 'gzip, deflate'],
    ['Accept-Language', 'en-US,en;q=0.9'],
    ['Cookie', cookie],
  ];
  return headers.filter((header): header is Header => header[1] !== undefined);
}

/**
 * `Sec-Fetch-Site`: none for an address the user opened; else the farthest relation that any URL of
 * the redirect chain has to the initiator.
 * @see https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
 */
function siteRelation({ initiator, hops, url }: Navigation): string {
  if (!initiator) return 'none';
  const chain = [...hops, url];
  if (chain.every((hop) => hop.origin === initiator.origin)) return 'same-origin';
  return chain.every((hop) => isSameSite(hop, initiator)) ? 'same-site' : 'cross-site';
}

/**
 * `Origin` of a post: `null` where the page's policy hides it, over a downgrade, and once the
 * redirects went from one foreign origin to another.
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
function originOf({ initiator, policy, hops, url }: Navigation): string {
  if (!initiator || policy === 'no-referrer') return 'null';
  const chain = [...hops, url];
  const isTainted = chain.some((hop, index) => {
    const before = chain[index - 1];
    return before && before.origin !== hop.origin && before.origin !== initiator.origin;
  });
  if (isTainted) return 'null';
  if (policy === 'same-origin' && url.origin !== initiator.origin) return 'null';
  const hidesDowngrade = policy.startsWith('strict-') || policy === 'no-referrer-when-downgrade';
  const isDowngrade = initiator.protocol === 'https:' && url.protocol !== 'https:';
  return hidesDowngrade && isDowngrade ? 'null' : initiator.origin;
}
