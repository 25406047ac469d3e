import type { Answer } from '../http/http.ts';
import { quoted } from '../oauth/quoted.ts';
import { headerValue, mediaType } from '../trace/headers.ts';

/** What an answer was, for a message: `200 text/html "<!doctype…"`, `302 to "https://…"`. */
export function describeAnswer({ status, headers, text }: Answer): string {
  const location = headerValue(headers, 'location');
  if (status >= 300 && status < 400 && location) return `${status} to ${quoted(location)}`;
  const type = mediaType(headerValue(headers, 'content-type'));
  const start = text.trim().slice(0, 80);
  return [String(status), type || 'without content type', start && quoted(start)]
    .filter(Boolean)
    .join(' ');
}
