/** Facts of headers: what differs from answer to answer by nature is left out, the rest by its grammar. */
import type { Header } from '../trace/schema.ts';
import { below, type Fact } from './fact.ts';
import { fieldFact, urlFacts } from './field-facts.ts';
import { looksRandom } from './volatile.ts';

type Entry = readonly [string, Fact];

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
export function* headerFacts(pointer: string, headers: readonly Header[]): Generator<Entry> {
  for (const [spelled, value] of headers) {
    const name = spelled.toLowerCase();
    if (NOISE.has(name) || NOISE_PATTERN.test(name)) continue;
    yield* oneHeader(below(pointer, name), name, value);
  }
}

function* oneHeader(pointer: string, name: string, value: string): Generator<Entry> {
  if (LISTS.has(name)) yield [pointer, { kind: 'set', values: commaList(value) }];
  else if (URLS.has(name)) yield* urlFacts(pointer, value);
  else if (SECRETS.has(name)) yield [pointer, { kind: 'secret', value }];
  else if (CREDENTIALS.has(name)) yield* credentialFacts(pointer, value);
  else if (name === 'www-authenticate') yield* challengeFacts(pointer, value);
  else if (name === 'set-cookie') yield* setCookieFacts(pointer, value);
  else if (name === 'cookie') yield [pointer, { kind: 'set', values: cookieNames(value) }];
  else yield [pointer, { kind: 'text', value: value.replace(/'nonce-[^']*'/g, "'nonce-'") }];
}

function commaList(value: string): readonly string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A scheme and what it carries; Basic carries two things worth naming. */
function* credentialFacts(pointer: string, value: string): Generator<Entry> {
  const space = value.indexOf(' ');
  const scheme = space < 0 ? '' : value.slice(0, space);
  const credential = value.slice(space + 1);
  yield [pointer, { kind: 'text', value: scheme.toLowerCase() }];
  // A label is no base64, but Node decodes whatever letters it finds in it.
  const isEncoded = /^[A-Za-z0-9+/_-]+=*$/.test(credential);
  const plain = isEncoded ? Buffer.from(credential, 'base64').toString('utf8') : '';
  const [id, ...secret] = plain.split(':');
  if (scheme.toLowerCase() === 'basic' && id && secret.length > 0) {
    yield [below(pointer, 'client_id'), fieldFact('client_id', decoded(id), 'form')];
    yield [below(pointer, 'client_secret'), { kind: 'secret', value: decoded(secret.join(':')) }];
  } else yield [below(pointer, 'credential'), { kind: 'secret', value: credential }];
}

const CHALLENGE_PART =
  /([\w!#$%&'*+.^`|~-]+)(?:[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s,"]+))?|([^\s,])/g;

/** Each parameter of each scheme (RFC 9110 section 11.6.1); what fits the grammar nowhere is kept too. */
function* challengeFacts(pointer: string, value: string): Generator<Entry> {
  let scheme = pointer;
  let strays = '';
  yield [pointer, { kind: 'node', value: '{challenge}' }];
  for (const [, name = '', written, stray] of value.matchAll(CHALLENGE_PART)) {
    if (stray !== undefined) strays += stray;
    else if (written === undefined) {
      scheme = below(pointer, name.toLowerCase());
      yield [scheme, { kind: 'node', value: '{scheme}' }];
    } else yield [below(scheme, name), fieldFact(name, unquoted(written), 'form')];
  }
  if (strays !== '') yield [below(pointer, 'malformed'), { kind: 'text', value: strays }];
}

function unquoted(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/g, '$1') : written;
}

/** A cookie's name and attributes; its value is nobody's business. */
function* setCookieFacts(pointer: string, value: string): Generator<Entry> {
  const [pair = '', ...attributes] = value.split(';').map((part) => part.trim());
  const cookie = below(pointer, cookieName(pair));
  const named = attributes.map((part) => {
    const [name = '', ...rest] = part.split('=');
    return [name.toLowerCase(), rest.join('=')] as const;
  });
  const kept = named.filter(([name]) => !/^(?:expires|max-age|path|domain)$/.test(name));
  const values = kept.map(([name, text]) => (text === '' ? name : `${name}=${text.toLowerCase()}`));
  yield [cookie, { kind: 'set', values }];
  for (const [name, text] of named)
    if (name === 'path' || name === 'domain')
      yield [below(cookie, name), { kind: 'text', value: text }];
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
