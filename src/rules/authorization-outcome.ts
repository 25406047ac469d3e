/** How each authorization request ended, as far as the trace shows. */
import { quoted } from '../oauth/quoted.ts';
import { formOf, objectOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import { codeShown, explanationOf, wordsOf } from './evidence.ts';
import { type AuthorizationRequest, authorizationRequests, callbacks } from './front-channel.ts';
import { isLogin } from './login.ts';
import { oncePerView } from './once.ts';

/** A login that ended without a code, or a code exchange without a token. */
export interface AuthorizationRefusal {
  /** The request that was refused, as far as its parameters are known. */
  readonly request: AuthorizationRequest | undefined;
  /** The callback, the page that was the end of it, or the token response. */
  readonly exchange: Exchange;
  readonly kind: 'callback' | 'page' | 'token';
  /** Status of the answer; 0 for a callback. */
  readonly status: number;
  /** The OAuth error code; undefined where none was given. */
  readonly error: string | undefined;
  /** What the server says about it; empty where it says nothing. */
  readonly description: string;
}

/** All refusals of a trace, and whether some login ended out of sight. */
export interface AuthorizationOutcomes {
  readonly refusals: readonly AuthorizationRefusal[];
  readonly isEndUnknown: boolean;
}

/** What came instead of a code, for a message. */
export function whatCame(refusal: AuthorizationRefusal): string {
  const { kind, status, error, description, exchange } = refusal;
  const words = kind === 'callback' ? description : wordsOf(exchange);
  const said = words ? ` (${quoted(words)})` : '';
  if (kind === 'callback')
    return error
      ? `the callback carries error ${codeShown(error)}${said}`
      : 'the callback has neither code nor error';
  const place = kind === 'token' ? 'token endpoint' : 'authorization page';
  return `the ${place} answered ${status}${error ? ` ${codeShown(error)}` : ''}${said}`;
}

/** How the authorization requests ended. */
export const authorizationOutcomes = oncePerView(readOutcomes);

function readOutcomes(view: View): AuthorizationOutcomes {
  const answered = new Set<number | undefined>();
  const refusals: AuthorizationRefusal[] = [];
  for (const { exchange, parameters, request } of callbacks(view)) {
    answered.add(request?.exchange.id);
    // A code with an error beside it is a malformed answer, which has a rule of its own.
    if (parameters.has('code')) continue;
    const error = parameters.get('error') ?? undefined;
    const description = parameters.get('error_description') ?? '';
    refusals.push({ request, exchange, kind: 'callback', status: 0, error, description });
  }
  const open = lastPages(view).filter(({ request }) => !answered.has(request.exchange.id));
  const ends = [
    ...open.map((one) => ({ ...one, kind: 'page' as const })),
    ...codeExchanges(view).map((one) => ({ ...one, kind: 'token' as const })),
  ];
  for (const { request, exchange, kind } of ends) {
    const status = exchange.response?.status ?? 0;
    if (status < 400 || (kind === 'page' && isLogin(exchange))) continue;
    const error = stringMember(objectOf(exchange.response?.body), 'error');
    const description = explanationOf(exchange);
    refusals.push({ request, exchange, kind, status, error, description });
  }
  const isEndUnknown = open.some(
    ({ exchange }) => (exchange.response?.status ?? 0) < 400 || isLogin(exchange),
  );
  return { refusals, isEndUnknown };
}

interface End {
  readonly request: AuthorizationRequest;
  /** The last page the user's browser was shown before the next authorization request. */
  readonly exchange: Exchange;
}

function lastPages(view: View): readonly End[] {
  const requests = new Map(authorizationRequests(view).map((one) => [one.exchange, one]));
  const pages: End[] = [];
  for (const exchange of view.exchanges) {
    if (exchange.channel !== 'front') continue;
    const request = requests.get(exchange);
    const current = pages.at(-1);
    if (request) pages.push({ request, exchange });
    else if (current) pages[pages.length - 1] = { ...current, exchange };
  }
  return pages;
}

/** Token requests that follow a login, as requests of their own. */
function codeExchanges(view: View): readonly End[] {
  return view
    .tokenRequests('authorization_code')
    .map((exchange) => ({ request: { exchange, parameters: formOf(exchange) }, exchange }));
}
