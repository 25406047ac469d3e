import { type Answer, type Http, HttpError } from '../../http/http.ts';
import { headerValue } from '../../trace/headers.ts';
import { addressName, httpAddress, leadsTo } from '../address.ts';
import { ConsentError } from '../consent.ts';
import { createCookies } from './cookies.ts';
import { type Navigation, navigationHeaders } from './headers.ts';
import { nextHop } from './redirect.ts';
import { DEFAULT_POLICY, namedPolicy, policyOf } from './referrer.ts';
import { isTrustworthy } from './site.ts';

/** What a navigator works with. */
export interface NavigatorOptions {
  readonly http: Http;
  readonly signal: AbortSignal;
  /** Where the journey ends; undefined for one that has no callback. */
  readonly redirectUri?: string;
  readonly userAgent?: string;
}

/** A page load that ended at a page, whatever its status. */
export interface PageLanding {
  readonly kind: 'page';
  readonly url: URL;
  readonly answer: Answer;
}

/** Where a page load ended: at a page, or at the callback. */
export type Landing =
  | PageLanding
  | {
      readonly kind: 'callback';
      /** The callback URL where no listener took it; undefined where one did. */
      readonly untaken: string | undefined;
    };

/** What leads from a page to the next one. */
export interface Departure {
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly contentType?: string;
  /** Whether a click, rather than a script or a refresh, leads there. */
  readonly clicked: boolean;
  /** Whether it carries what only the user knows. */
  readonly typed?: boolean;
  /** The policy of the page's `<meta name="referrer">`. */
  readonly referrerPolicy?: string | undefined;
}

/** A browser without windows: loads pages one after the other, with one cookie jar. */
export interface Navigator {
  /** Loads an address as if the user had typed it. */
  open(url: string): Promise<Landing>;
  /** Leaves a page by a link, a form or a refresh. */
  leave(page: PageLanding, departure: Departure): Promise<Landing>;
}

/** Redirects that one page load follows, as many as Chromium. */
const MOST_REDIRECTS = 20;

/** Reads as a browser's, and says in the end whose it is. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 mcp-oauth-trace';

/**
 * A navigator whose every request stands in the trace, on the front channel.
 * @throws {ConsentError} `unsafe-url`, `too-many-redirects` or `credentials-withheld`.
 * @throws {HttpError} where no answer comes.
 */
export function createNavigator(options: NavigatorOptions): Navigator {
  const load = createLoad(options);
  return {
    open: async (url) =>
      load({
        url: httpAddress(url),
        method: 'GET',
        initiator: undefined,
        policy: DEFAULT_POLICY,
        hops: [],
        posted: false,
        clicked: true,
        causedBy: null,
        typed: false,
      }),
    leave: async ({ url, answer }, departure) => {
      const { method = 'GET', typed = false, referrerPolicy, ...rest } = departure;
      const target = httpAddress(departure.url);
      if (typed && url.protocol === 'https:' && !isTrustworthy(target)) throw withheld(url, target);
      const policy = policyOf(answer.headers, DEFAULT_POLICY);
      return load({
        ...rest,
        url: target,
        method,
        typed,
        initiator: url,
        policy: referrerPolicy ? namedPolicy(policy, referrerPolicy) : policy,
        hops: [],
        posted: method === 'POST',
        causedBy: answer.exchange,
      });
    },
  };
}

function createLoad(options: NavigatorOptions): (first: Navigation) => Promise<Landing> {
  const { http, signal, redirectUri, userAgent = USER_AGENT } = options;
  const cookies = createCookies();
  const request = async (navigation: Navigation, recorded: boolean): Promise<Answer> => {
    const { url, method, body, causedBy } = navigation;
    const answer = await http.send({
      method,
      url: withoutFragment(url),
      headers: navigationHeaders(navigation, userAgent, await cookies.header(navigation)),
      ...(body !== undefined && { body }),
      channel: 'front',
      causedBy,
      signal,
      recorded,
    });
    await cookies.keep(url, answer.headers);
    return answer;
  };
  return async (first) => {
    let navigation = first;
    while (navigation.hops.length <= MOST_REDIRECTS) {
      const { url } = navigation;
      if (redirectUri && leadsTo(url, redirectUri))
        return { kind: 'callback', untaken: await visitCallback(navigation, request) };
      const answer = await request(navigation, true);
      const location = headerValue(answer.headers, 'location');
      const next = nextHop(navigation, answer, location);
      if (!next) return { kind: 'page', url, answer };
      if (next.typed && next.url.origin !== url.origin && !isOwn(next.url, redirectUri))
        throw withheld(url, next.url);
      navigation = next;
    }
    throw tooManyRedirects(navigation.url);
  };
}

/** Our own listener on this machine, which records whatever comes. */
function isOwn(url: URL, redirectUri: string | undefined): boolean {
  return redirectUri !== undefined && leadsTo(url, redirectUri) && isTrustworthy(url);
}

/**
 * Delivers the callback to our own listener, which records it and says itself what it thinks of it;
 * the URL where nobody listens.
 */
async function visitCallback(
  navigation: Navigation,
  request: (navigation: Navigation, recorded: boolean) => Promise<Answer>,
): Promise<string | undefined> {
  try {
    await request(navigation, false);
    return undefined;
  } catch (error) {
    if (error instanceof HttpError && error.code !== 'ABORTED') return navigation.url.href;
    throw error;
  }
}

function withoutFragment(url: URL): string {
  return url.hash ? url.href.slice(0, -url.hash.length) : url.href;
}

function withheld(from: URL, to: URL): ConsentError {
  return new ConsentError(
    'credentials-withheld',
    `${addressName(from)} would send what was typed on to ${addressName(to)}, expected it to stay at ${from.origin}; redirect with 303 instead of 307 or 308, and never from https to http`,
  );
}

function tooManyRedirects(last: URL): ConsentError {
  return new ConsentError(
    'too-many-redirects',
    `${MOST_REDIRECTS} redirects in a row, the last one to ${addressName(last)}; expected a page or the callback`,
  );
}
