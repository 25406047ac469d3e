import { headerValue, mediaType } from '../trace/headers.ts';
import type { Inbound } from './answer.ts';

/** The fields of a form post; undefined when the body is not a form. */
export function readForm(inbound: Inbound): URLSearchParams | undefined {
  const type = mediaType(headerValue(inbound.headers, 'content-type'));
  return type === 'application/x-www-form-urlencoded'
    ? new URLSearchParams(inbound.body)
    : undefined;
}

/** The first name that occurs twice. No parameter may. @see RFC 6749 section 3.1 */
export function repeatedName(parameters: URLSearchParams): string | undefined {
  const names = [...parameters.keys()];
  return names.find((name, index) => names.indexOf(name) !== index);
}
