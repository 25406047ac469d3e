import { headerValue, mediaType } from '../trace/headers.ts';
import type { PageLanding } from './navigation/navigator.ts';
import type { Page } from './pages/page.ts';
import { parsePage, parseRefresh } from './pages/parse.ts';

/** Characters of an answer that is no page which messages may quote from. */
const LONGEST_TEXT = 2000;

/** The page that a page load ended at. What is not HTML is a page without forms. */
export function readLanding({ url, answer }: PageLanding): Page {
  const type = mediaType(headerValue(answer.headers, 'content-type'));
  const isPage = HTML.has(type) || (type === '' && /^\s*</.test(answer.text));
  if (!isPage) return { ...parsePage('', url.href), text: answer.text.slice(0, LONGEST_TEXT) };
  const page = parsePage(answer.text, url.href);
  const refresh = parseRefresh(headerValue(answer.headers, 'refresh') ?? '');
  if (page.refresh || !refresh || !URL.canParse(refresh.address, url.href)) return page;
  const { href } = new URL(refresh.address, url);
  return href === url.href ? page : { ...page, refresh: { url: href, seconds: refresh.seconds } };
}

const HTML: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
