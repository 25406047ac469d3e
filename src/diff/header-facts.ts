/** Facts of headers: what differs from answer to answer by nature is left out, the rest by its grammar. */
import type { Header } from '../trace/schema.ts';
import { below, type Fact, lastName, type Tell } from './fact.ts';
import { fieldFact, tellUrl } from './field-facts.ts';
import { remembered } from './memo.ts';
import { looksRandom } from './volatile.ts';

/** Headers that say something about one delivery, never about the server's behaviour. */
const NOISE: ReadonlySet<string> = new Set(
  [
    'age alt-svc connection content-length date etag host keep-alive last-modified nel report-to',
    'reporting-endpoints server-timing traceparent tracestate transfer-encoding via x-cache',
    'x-cache-hits x-cache-status cf-cache-status x-served-by x-timer x-runtime x-response-time',
    'x-amz-cf-id x-amz-cf-pop x-azure-ref x-vercel-id x-ms-ests-server x-ratelimit-remaining',
    'x-ratelimit-reset ratelimit ratelimit-remaining ratelimit-reset baggage sentry-trace',
    'x-envoy-upstream-service-time x-cloud-trace-context x-github-request-id rndr-id',
  ].flatMap((line) => line.split(' ')),
);
const NOISE_PATTERN = /(?:request|trace|correlation|span|parentspan)-?id$|-ray$|^x-b3-/;

/** Names whose values are comma lists in which order means nothing. */
const LISTS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'allow',
  'cache-control',
  'content-encoding',
  'vary',
]);
const URLS: ReadonlySet<string> = new Set(['location', 'content-location', 'referer']);
const SECRETS: ReadonlySet<string> = new Set([
  'dpop',
  'dpop-nonce',
  'mcp-session-id',
  'last-event-id',
]);
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization']);

/** Every header worth comparing, below `pointer`. */
export function tellHeaders(tell: Tell, pointer: string, headers: readonly Header[]): void {
  const factsBelow = factsAt(pointer);
  for (const [spelled, value] of headers)
    for (const [at, fact] of factsBelow(spelled)(value)) tell(at, fact);
}

/** Most headers come with the same value in exchange after exchange. */
const factsAt = remembered((pointer) =>
  remembered((spelled) => {
    const name = spelled.toLowerCase();
    if (NOISE.has(name) || NOISE_PATTERN.test(name)) return () => [];
    return remembered((value) => factsOf(below(pointer, name), value), MOST_VALUES);
  }, MOST_NAMES),
);

/** Names of headers, and values of each, that an ordinary run has. */
const [MOST_NAMES, MOST_VALUES] = [1_000, 100];

type PlacedFact = readonly [pointer: string, fact: Fact];

function factsOf(pointer: string, value: string): readonly PlacedFact[] {
  const facts: PlacedFact[] = [];
  tellHeader((at, fact) => facts.push([at, fact]), pointer, lastName(pointer), value);
  return facts;
}

function tellHeader(tell: Tell, pointer: string, name: string, value: string): void {
  if (LISTS.has(name)) tell(pointer, { kind: 'set', values: commaList(value) });
  else if (URLS.has(name)) tellUrl(tell, pointer, value);
  else if (SECRETS.has(name)) tell(pointer, { kind: 'secret', value });
  else if (CREDENTIALS.has(name)) tellCredential(tell, pointer, value);
  else if (name === 'www-authenticate') tellChallenge(tell, pointer, value);
  else if (name === 'set-cookie') tellSetCookie(tell, pointer, value);
  else if (name === 'cookie') tell(pointer, { kind: 'set', values: cookieNames(value) });
  else tell(pointer, { kind: 'text', value: value.replace(/'nonce-[^']*'/g, "'nonce-'") });
}

function commaList(value: string): readonly string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A scheme and what it carries; Basic carries two things worth naming. */
function tellCredential(tell: Tell, pointer: string, value: string): void {
  const space = value.indexOf(' ');
  const scheme = space < 0 ? '' : value.slice(0, space);
  const credential = value.slice(space + 1);
  tell(pointer, { kind: 'text', value: scheme.toLowerCase() });
  // A label is no base64, but Node decodes whatever letters it finds in it.
  const isEncoded = /^[A-Za-z0-9+/_-]+=*$/.test(credential);
  const plain = isEncoded ? Buffer.from(credential, 'base64').toString('utf8') : '';
  const [id, ...secret] = plain.split(':');
  if (scheme.toLowerCase() === 'basic' && id && secret.length > 0) {
    tell(below(pointer, 'client_id'), fieldFact('client_id', decoded(id), 'form'));
    tell(below(pointer, 'client_secret'), { kind: 'secret', value: decoded(secret.join(':')) });
  } else tell(below(pointer, 'credential'), { kind: 'secret', value: credential });
}

const CHALLENGE_PART =
  /([\w!#$%&'*+.^`|~-]+)(?:[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s,"]+))?|([^\s,])/g;

/** Each parameter of each scheme (RFC 9110 section 11.6.1); what fits the grammar nowhere is kept too. */
function tellChallenge(tell: Tell, pointer: string, value: string): void {
  let scheme = pointer;
  let strays = '';
  tell(pointer, { kind: 'node', value: '{challenge}' });
  for (const [, name = '', written, stray] of value.matchAll(CHALLENGE_PART)) {
    if (stray !== undefined) strays += stray;
    else if (written === undefined) {
      scheme = below(pointer, name.toLowerCase());
      tell(scheme, { kind: 'node', value: '{scheme}' });
    } else tell(below(scheme, name), fieldFact(name, unquoted(written), 'form'));
  }
  if (strays !== '') tell(below(pointer, 'malformed'), { kind: 'text', value: strays });
}

function unquoted(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/g, '$1') : written;
}

/** A cookie's name and attributes; its value is nobody's business. */
function tellSetCookie(tell: Tell, pointer: string, value: string): void {
  const [pair = '', ...attributes] = value.split(';').map((part) => part.trim());
  const cookie = below(pointer, cookieName(pair));
  const named = attributes.map((part) => {
    const [name = '', ...rest] = part.split('=');
    return [name.toLowerCase(), rest.join('=')] as const;
  });
  const kept = named.filter(([name]) => !/^(?:expires|max-age|path|domain)$/.test(name));
  const values = kept.map(([name, text]) => (text === '' ? name : `${name}=${text.toLowerCase()}`));
  tell(cookie, { kind: 'set', values });
  for (const [name, text] of named)
    if (name === 'path' || name === 'domain')
      tell(below(cookie, name), { kind: 'text', value: text });
}

function cookieNames(value: string): readonly string[] {
  return value.split(';').map((pair) => cookieName(pair.trim()));
}

function cookieName(pair: string): string {
  const name = pair.split('=', 1)[0] ?? '';
  return name.split(/[._-]/).some(looksRandom) || looksRandom(name) ? '{random}' : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
