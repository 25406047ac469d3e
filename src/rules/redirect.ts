import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';

/** Where an answer of the 300 class sends the client; undefined for any other answer. */
export function redirectOf(exchange: Exchange): string | undefined {
  return isRedirect(exchange)
    ? headerValue(exchange.response?.headers ?? [], 'location')
    : undefined;
}

/** True for an answer of the 300 class, whether or not it says where to go. */
export function isRedirect({ response }: Exchange): boolean {
  return response !== null && response.status >= 300 && response.status < 400;
}

/** A redirect's target and where it starts, as URLs; undefined for a target nobody can follow. */
export function endsOf(
  location: string,
  { request }: Exchange,
): { readonly from: URL; readonly to: URL } | undefined {
  if (!URL.canParse(request.url) || !URL.canParse(location, request.url)) return undefined;
  return { from: new URL(request.url), to: new URL(location, request.url) };
}

/** The request that a chain of redirects began with: the exchange itself where nothing redirected to it. */
export function startOf(view: View, exchange: Exchange): Exchange {
  let start = exchange;
  for (
    let cause = view.exchange(start.caused_by);
    cause && cause.id < start.id && isRedirect(cause);
    cause = view.exchange(start.caused_by)
  )
    start = cause;
  return start;
}
