import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';

/** Where an answer of the 300 class sends the client; undefined for any other answer. */
export function redirectOf({ response }: Exchange): string | undefined {
  return response && response.status >= 300 && response.status < 400
    ? headerValue(response.headers, 'location')
    : undefined;
}

/** A redirect's target and where it starts, as URLs; undefined for a target nobody can follow. */
export function endsOf(
  location: string,
  { request }: Exchange,
): { readonly from: URL; readonly to: URL } | undefined {
  if (!URL.canParse(request.url) || !URL.canParse(location, request.url)) return undefined;
  return { from: new URL(request.url), to: new URL(location, request.url) };
}
