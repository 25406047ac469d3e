import type { Exchange } from '../../trace/schema.ts';
import type { View } from '../../trace/view.ts';

const known = new WeakMap<View, ReadonlyMap<string, readonly number[]>>();

/** The exchange that issued an access token before it was sent here; undefined when none did. */
export function issuerOf(token: string, sent: Exchange, view: View): number | undefined {
  const issued = known.get(view) ?? issuedTokens(view);
  known.set(view, issued);
  return issued.get(token)?.findLast((id) => id < sent.id);
}

function issuedTokens(view: View): ReadonlyMap<string, readonly number[]> {
  const issued = new Map<string, number[]>();
  for (const { document, exchange } of view.tokenDocuments()) {
    const { access_token: token } = document;
    if (typeof token !== 'string') continue;
    const ids = issued.get(token);
    if (ids) ids.push(exchange.id);
    else issued.set(token, [exchange.id]);
  }
  return issued;
}
