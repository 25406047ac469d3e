import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { requestIdsOf, tellBody, tellJwt } from './body-facts.ts';
import { below, type Facts, gather, lastName, type Tell } from './fact.ts';
import { tellUrl } from './field-facts.ts';
import { tellHeaders } from './header-facts.ts';

/** Everything of an exchange that two runs can be compared by. */
export function factsOf(exchange: Exchange, view: View): Facts {
  return gather((tell) => tellExchange(tell, exchange, view));
}

/** The same, told one by one; a pointer may come again. */
export function tellExchange(tell: Tell, exchange: Exchange, view: View): void {
  const { request, response, failure, channel } = exchange;
  tell('/channel', { kind: 'node', value: channel });
  if (failure) tell('/failure', { kind: 'node', value: `${failure.code} (${failure.phase})` });
  tell('/request/method', { kind: 'node', value: request.method });
  tellUrl(tell, '/request/url', request.url, 0, '/request/query');
  tellHeaders(tell, '/request/headers', request.headers);
  const context = channel === 'front' ? 'personal' : 'form';
  tellBody(withTokens(tell, view), '/request/body', request.body, context);
  if (!response) return;
  tell('/response', { kind: 'node', value: '{answer}' });
  tell('/response/status', { kind: 'literal', value: response.status });
  tellHeaders(tell, '/response/headers', response.headers);
  const ids = requestIdsOf(request.body);
  tellBody(withTokens(tell, view), '/response/body', response.body, 'json', ids);
}

/** Tokens whose inside says who they are for. */
const TOKENS: ReadonlySet<string> = new Set(['access_token', 'id_token', 'client_assertion']);

/** Tells what it hears, and after a token what is known of its inside. */
function withTokens(tell: Tell, view: View): Tell {
  return (pointer, fact) => {
    tell(pointer, fact);
    if (fact.kind !== 'secret' || !TOKENS.has(lastName(pointer))) return;
    const { jwt } = view.secret(fact.value);
    if (!jwt) return;
    tell(below(pointer, 'jwt'), { kind: 'node', value: '{jwt}' });
    tellJwt(tell, below(pointer, 'jwt'), jwt);
  };
}
