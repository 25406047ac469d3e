import { Cookie, CookieJar } from 'tough-cookie';
import { headerValues } from '../../trace/headers.ts';
import type { Header } from '../../trace/schema.ts';
import { isSameSite } from './site.ts';

/** Characters of a cookie's name and value above which a browser drops it. */
const LONGEST_COOKIE = 4096;

/** A navigation as far as cookies ask. */
export interface Visit {
  readonly url: URL;
  readonly method: string;
  /** The page that led there; undefined for an address the user opened. */
  readonly initiator: URL | undefined;
}

/** The cookies of one browser. */
export interface Cookies {
  /** The `Cookie` header of a top-level navigation; undefined when there is none to send. */
  header(visit: Visit): Promise<string | undefined>;
  /** Keeps what an answer sets, as far as a browser would. */
  keep(url: URL, headers: readonly Header[]): Promise<void>;
}

/**
 * A cookie jar that behaves as Chromium's does for page loads: paths and domains, `Secure` also on
 * this machine, `SameSite` by who led there. A cookie without `SameSite` goes along with a cross-site
 * POST, as it does there for the first two minutes of its life.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
 */
export function createCookies(): Cookies {
  const jar = new CookieJar(undefined, { looseMode: true, prefixSecurity: 'silent' });
  return {
    header: async (visit) => {
      const sameSiteContext = sameSiteContextOf(visit);
      return (await jar.getCookieString(visit.url.href, { sameSiteContext })) || undefined;
    },
    keep: async (url, headers) => {
      for (const value of headerValues(headers, 'set-cookie')) {
        const cookie = Cookie.parse(value, { loose: true });
        if (cookie && isKept(cookie)) await jar.setCookie(cookie, url.href, { ignoreError: true });
      }
    },
  };
}

function sameSiteContextOf({ url, method, initiator }: Visit): 'strict' | 'lax' | 'none' {
  if (!initiator || isSameSite(initiator, url)) return 'strict';
  return method === 'GET' ? 'lax' : 'none';
}

function isKept(cookie: Cookie): boolean {
  const isOpen = cookie.sameSite?.toLowerCase() === 'none' && !cookie.secure;
  return !isOpen && cookie.key.length + cookie.value.length <= LONGEST_COOKIE;
}
