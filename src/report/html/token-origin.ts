import { oncePerView } from '../../rules/once.ts';
import type { Exchange } from '../../trace/schema.ts';
import type { View } from '../../trace/view.ts';

/** The exchange that issued an access token before it was sent here; undefined when none did. */
export function issuerOf(token: string, sent: Exchange, view: View): number | undefined {
  return issuedTokens(view)
    .get(token)
    ?.findLast((id) => id < sent.id);
}

const issuedTokens = oncePerView((view): ReadonlyMap<string, readonly number[]> => {
  const issued = new Map<string, number[]>();
  for (const { document, exchange } of view.tokenDocuments()) {
    const { access_token: token } = document;
    if (typeof token !== 'string') continue;
    const ids = issued.get(token);
    if (ids) ids.push(exchange.id);
    else issued.set(token, [exchange.id]);
  }
  return issued;
});
