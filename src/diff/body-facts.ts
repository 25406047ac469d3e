/** Facts of a body, by what it is: JSON-RPC, JSON, a form, a page, text, bytes. */
import { fieldsOf, isObject, type JsonObject, jsonOf, messagesOf } from '../trace/body.ts';
import type { Body } from '../trace/schema.ts';
import { below, type Fact, type Tell } from './fact.ts';
import { tellFields } from './field-facts.ts';
import { tellJson } from './json-facts.ts';
import type { FieldContext } from './volatile.ts';

/** What a body says. @param requestIds ids of the JSON-RPC requests it may answer */
export function tellBody(
  tell: Tell,
  pointer: string,
  body: Body | null,
  context: FieldContext,
  requestIds: ReadonlySet<unknown> = new Set(),
): void {
  if (!body) return;
  const messages = messagesOf(body);
  const json = jsonOf(body);
  const text = body.text ?? '';
  if (messages.length > 0) tellMessages(tell, pointer, messages, requestIds);
  else if (json !== undefined) tellJson(tell, pointer, json, 'json');
  else if (body.media_type === 'application/x-www-form-urlencoded') {
    tell(pointer, { kind: 'node', value: '{form}' });
    tellFields(tell, pointer, fieldsOf(body), context);
  } else if (body.media_type.includes('html')) tellPage(tell, pointer, text);
  else if (body.text === undefined && body.size > 0)
    tell(pointer, { kind: 'text', value: `bytes ${body.sha256 ?? body.base64 ?? ''}` });
  else if (text !== '') tell(pointer, { kind: 'text', value: text });
}

/** The ids of the JSON-RPC requests in a body. */
export function requestIdsOf(body: Body | null): ReadonlySet<unknown> {
  return new Set(
    messagesOf(body)
      .filter(({ method, id }) => method !== undefined && id !== undefined)
      .map(({ id }) => id),
  );
}

/** The answer stands at the pointer itself; what the server said beside it, below its method's name. */
function tellMessages(
  tell: Tell,
  pointer: string,
  messages: readonly JsonObject[],
  requestIds: ReadonlySet<unknown>,
): void {
  const isMain = (message: JsonObject): boolean =>
    messages.length === 1 || 'result' in message || 'error' in message;
  for (const message of messages) {
    const { id, ...rest } = message;
    const base = isMain(message)
      ? pointer
      : below(below(pointer, 'notifications'), String(message.method));
    tellJson(tell, base, rest);
    if (id !== undefined) tell(below(base, 'id'), idFact(id, 'method' in message, requestIds));
  }
}

/** An id's value is the client's choice; an answer must only repeat it (JSON-RPC 2.0 section 5). */
function idFact(id: unknown, isRequest: boolean, requestIds: ReadonlySet<unknown>): Fact {
  if (isRequest) return { kind: 'node', value: typeof id };
  if (id === null) return { kind: 'literal', value: null };
  return { kind: 'node', value: requestIds.has(id) ? 'id of the request' : 'another id' };
}

const TAGS = /<(form|input|button|select|textarea)\b([^<>]*)>|<title[^<>]*>([^<]*)</gi;

/** A page's title and what can be filled in and sent, which is what a form driver and a person need. */
function tellPage(tell: Tell, pointer: string, html: string): void {
  tell(pointer, { kind: 'node', value: '{page}' });
  for (const [, tag, attributes = '', title] of html.matchAll(TAGS)) {
    if (title !== undefined) tell(below(pointer, 'title'), { kind: 'text', value: title.trim() });
    else if (tag) tellTag(tell, pointer, tag.toLowerCase(), attributes);
  }
}

function tellTag(tell: Tell, pointer: string, tag: string, attributes: string): void {
  if (tag !== 'form') {
    const name = attribute(attributes, 'name');
    if (name) tell(below(below(pointer, tag), name), typeFact(attributes));
    return;
  }
  const method = attribute(attributes, 'method') ?? 'get';
  tell(below(pointer, 'form'), { kind: 'node', value: method.toLowerCase() });
  const action = attribute(attributes, 'action');
  if (action) tell(below(below(pointer, 'form'), 'action'), actionFact(action));
}

function typeFact(attributes: string): Fact {
  return { kind: 'node', value: (attribute(attributes, 'type') ?? 'text').toLowerCase() };
}

function actionFact(action: string): Fact {
  return { kind: 'text', value: action.split('?', 1)[0] ?? '' };
}

const ATTRIBUTES = /([a-z-]+)=("[^"]*"|'[^']*'|[^\s"']+)/gi;

function attribute(attributes: string, wanted: string): string | undefined {
  for (const [, name, value] of attributes.matchAll(ATTRIBUTES))
    if (name?.toLowerCase() === wanted) return value?.replace(/^["']|["']$/g, '');
  return undefined;
}

/** What is comparable of a decoded token: header and claims, and for how long it is good. */
export function tellJwt(
  tell: Tell,
  pointer: string,
  jwt: { readonly header: JsonObject; readonly claims: JsonObject },
): void {
  tellJson(tell, below(pointer, 'header'), jwt.header, 'personal');
  const { iat, exp } = jwt.claims;
  tellJson(tell, below(pointer, 'claims'), isObject(jwt.claims) ? jwt.claims : {}, 'personal');
  if (typeof iat === 'number' && typeof exp === 'number')
    tell(below(pointer, 'lifetime'), { kind: 'lifetime', value: exp - iat });
}
