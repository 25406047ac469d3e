import type { Answer } from '../../http/http.ts';
import { httpAddress } from '../address.ts';
import type { Navigation } from './headers.ts';
import { policyOf } from './referrer.ts';

/** Statuses after which a browser asks anew with GET; 301 and 302 say it only by custom. */
const AS_GET: ReadonlySet<number> = new Set([301, 302, 303]);

/** Statuses after which method and body go along. */
const UNCHANGED: ReadonlySet<number> = new Set([307, 308]);

/**
 * The next hop of a page load; undefined where the answer is the page itself.
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 * @throws {ConsentError} `unsafe-url` for a location that is no http or https URL.
 */
export function nextHop(
  navigation: Navigation,
  answer: Answer,
  location: string | undefined,
): Navigation | undefined {
  const { status } = answer;
  if (!location || !(AS_GET.has(status) || UNCHANGED.has(status))) return undefined;
  const { url, hops, policy, body, contentType, typed, ...rest } = navigation;
  const next = {
    ...rest,
    url: inheritFragment(httpAddress(location.trim(), url), url),
    hops: [...hops, url],
    policy: policyOf(answer.headers, policy),
    causedBy: answer.exchange,
  };
  if (AS_GET.has(status)) return { ...next, method: 'GET', typed: false };
  return {
    ...next,
    typed: typed && body !== undefined,
    ...(body !== undefined && { body }),
    ...(contentType !== undefined && { contentType }),
  };
}

/** A location without a fragment keeps the one before (RFC 9110 section 10.2.2). */
function inheritFragment(next: URL, from: URL): URL {
  return next.hash || !from.hash ? next : new URL(from.hash, next);
}
