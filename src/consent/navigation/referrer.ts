import { headerValues } from '../../trace/headers.ts';
import type { Header } from '../../trace/schema.ts';
import { isTrustworthy } from './site.ts';

/** What a page lets other pages know of its own address. */
export type ReferrerPolicy = keyof typeof REFERRERS;

/** What a browser goes by where a page says nothing. */
export const DEFAULT_POLICY: ReferrerPolicy = 'strict-origin-when-cross-origin';

/** A referrer longer than this is cut down to the origin. */
const LONGEST_REFERRER = 4096;

type Referrer = (from: URL, to: URL) => string | undefined;

const whole: Referrer = (from) => {
  const referrer = `${from.origin}${from.pathname}${from.search}`;
  return referrer.length > LONGEST_REFERRER ? `${from.origin}/` : referrer;
};
const origin: Referrer = (from) => `${from.origin}/`;
const none: Referrer = () => undefined;
const ifNoDowngrade =
  (referrer: Referrer): Referrer =>
  (from, to) =>
    isTrustworthy(from) && !isTrustworthy(to) ? undefined : referrer(from, to);
const byOrigin =
  (same: Referrer, other: Referrer): Referrer =>
  (from, to) =>
    from.origin === to.origin ? same(from, to) : other(from, to);

const REFERRERS = {
  'no-referrer': none,
  'no-referrer-when-downgrade': ifNoDowngrade(whole),
  origin,
  'origin-when-cross-origin': byOrigin(whole, origin),
  'same-origin': byOrigin(whole, none),
  'strict-origin': ifNoDowngrade(origin),
  'strict-origin-when-cross-origin': byOrigin(whole, ifNoDowngrade(origin)),
  'unsafe-url': whole,
} satisfies Readonly<Record<string, Referrer>>;

/**
 * The `Referer` of a request.
 * @see https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
 */
export function referrerOf(policy: ReferrerPolicy, from: URL, to: URL): string | undefined {
  return REFERRERS[policy](from, to);
}

/** The policy that an answer sets, the last one it names that is known; else the one so far. */
export function policyOf(headers: readonly Header[], soFar: ReferrerPolicy): ReferrerPolicy {
  return headerValues(headers, 'referrer-policy').reduce(namedPolicy, soFar);
}

/** The policy that a page's `<meta name="referrer">` or header value names; else the one so far. */
export function namedPolicy(soFar: ReferrerPolicy, value: string): ReferrerPolicy {
  const known = value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word): word is ReferrerPolicy => Object.hasOwn(REFERRERS, word));
  return known.at(-1) ?? soFar;
}
