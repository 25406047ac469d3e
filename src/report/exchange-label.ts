/** An exchange in a few words: what was asked, and what came of it. */
import { formOf, isObject, messagesOf, objectOf } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { withLabels } from '../trace/secret.ts';
import type { Role } from '../trace/view.ts';
import { cutText } from './visible.ts';

/** How an exchange ended, for colours and kinds of arrows. */
export type Ending = 'ok' | 'redirect' | 'refusal' | 'error' | 'failure' | 'unseen';

const LONGEST_PATH = 60;

/** What was asked: `POST /token authorization_code`. */
export function requestLabel(exchange: Exchange, role: Role): string {
  const { method, url } = exchange.request;
  return [method, shortPath(url), ...detailsOf(exchange, role)].join(' ');
}

/** What came of it: `200 access token, refresh token`, `302 to /login`, `ECONNREFUSED (connect)`. */
export function responseLabel(exchange: Exchange): string {
  const { response, failure } = exchange;
  if (failure && !response) return `${failure.code} (${failure.phase})`;
  if (!response) return 'handed to the browser';
  const broken = failure ? [`broken off: ${failure.code}`] : [];
  return [String(response.status), ...answersOf(exchange, response), ...broken].join(' ');
}

/** How it ended. */
export function endingOf({ response, failure }: Exchange): Ending {
  if (failure) return 'failure';
  if (!response) return 'unseen';
  const { status } = response;
  if (status >= 500) return 'error';
  if (status >= 400) return 'refusal';
  if (status >= 300) return 'redirect';
  return messagesOf(response.body).some((message) => message.error !== undefined)
    ? 'refusal'
    : 'ok';
}

/** The path of a URL, its head when it is very long. */
function shortPath(url: string): string {
  const path = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? url;
  if (path === '') return '/';
  return cutText(withLabels(path), LONGEST_PATH);
}

/** The grant of a token request, the last part of a long one; empty for any other request. */
export function grantLabel(exchange: Exchange): string {
  const grant = formOf(exchange).get('grant_type') ?? '';
  return grant.replace(/^urn:ietf:params:oauth:grant-type:/, '');
}

function detailsOf(exchange: Exchange, role: Role): readonly string[] {
  if (role === 'token') return [grantLabel(exchange)].filter(Boolean);
  if (role === 'callback') return exchange.request.url.includes('error=') ? ['error'] : [];
  return messagesOf(exchange.request.body).flatMap(({ method, params }) => {
    if (typeof method !== 'string') return [];
    const name = isObject(params) && typeof params.name === 'string' ? [params.name] : [];
    return [method, ...name];
  });
}

function answersOf(
  exchange: Exchange,
  response: NonNullable<Exchange['response']>,
): readonly string[] {
  const location = headerValue(response.headers, 'location');
  if (location !== undefined) return [`to ${shortPath(location)}`];
  const challenge = headerValue(response.headers, 'www-authenticate');
  if (challenge !== undefined) return [challenge.split(' ', 1)[0] ?? ''];
  const rpcError = messagesOf(response.body).find((message) => isObject(message.error))?.error;
  if (isObject(rpcError)) return [`JSON-RPC error ${String(rpcError.code)}`];
  const document = objectOf(response.body);
  if (typeof document?.error === 'string') return [document.error];
  return [
    TOKENS.filter((name) => typeof document?.[name] === 'string')
      .map(spaced)
      .join(', '),
  ]
    .concat(exchange.step === 'registration' && document?.client_id ? ['client id'] : [])
    .filter((text) => text !== '');
}

const TOKENS = ['access_token', 'refresh_token', 'id_token'];

function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}
