import type { Answer } from '../http/http.ts';
import { headerValue, mediaType } from '../trace/headers.ts';

/** An untrusted value for a message: quoted, cut, without control characters. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const cut = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(cut).replace(
    /[\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What an answer was, for a message: `200 text/html "<!doctype…"`, `302 to "https://…"`. */
export function describeAnswer({ status, headers, text }: Answer): string {
  const location = headerValue(headers, 'location');
  if (status >= 300 && status < 400 && location) return `${status} to ${quote(location)}`;
  const type = mediaType(headerValue(headers, 'content-type'));
  const start = text.trim().slice(0, 80);
  return [String(status), type || 'without content type', start && quote(start)]
    .filter(Boolean)
    .join(' ');
}
