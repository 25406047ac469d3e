import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { bodyFacts, jwtFacts, requestIdsOf } from './body-facts.ts';
import { below, type Fact, type FactEntries, type Facts, gather, lastName } from './fact.ts';
import { urlFacts } from './field-facts.ts';
import { headerFacts } from './header-facts.ts';

type Entry = readonly [string, Fact];

/** Everything of an exchange that two runs can be compared by. */
export function factsOf(exchange: Exchange, view: View): Facts {
  return gather(entriesOf(exchange, view));
}

function* entriesOf(exchange: Exchange, view: View): Generator<Entry> {
  const { request, response, failure, channel } = exchange;
  yield ['/channel', { kind: 'node', value: channel }];
  if (failure) yield ['/failure', { kind: 'node', value: `${failure.code} (${failure.phase})` }];
  yield ['/request/method', { kind: 'node', value: request.method }];
  yield* urlFacts('/request/url', request.url, 0, '/request/query');
  yield* headerFacts('/request/headers', request.headers);
  const context = channel === 'front' ? 'personal' : 'form';
  yield* withTokens(bodyFacts('/request/body', request.body, context), view);
  if (!response) return;
  yield ['/response', { kind: 'node', value: '{answer}' }];
  yield ['/response/status', { kind: 'literal', value: response.status }];
  yield* headerFacts('/response/headers', response.headers);
  const ids = requestIdsOf(request.body);
  yield* withTokens(bodyFacts('/response/body', response.body, 'json', ids), view);
}

/** Tokens whose inside says who they are for. */
const TOKENS: ReadonlySet<string> = new Set(['access_token', 'id_token', 'client_assertion']);

function* withTokens(entries: FactEntries, view: View): Generator<Entry> {
  for (const [pointer, fact] of entries) {
    yield [pointer, fact];
    if (fact.kind !== 'secret' || !TOKENS.has(lastName(pointer))) continue;
    const { jwt } = view.secret(fact.value);
    if (!jwt) continue;
    yield [below(pointer, 'jwt'), { kind: 'node', value: '{jwt}' }];
    yield* jwtFacts(below(pointer, 'jwt'), jwt);
  }
}
