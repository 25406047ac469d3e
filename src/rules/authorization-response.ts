/** How the answer comes back through the browser: the form of the callback. */
import { quoted } from '../oauth/quoted.ts';
import { oauth21, rfc9700 } from '../spec/references.ts';
import type { ReadonlyParameters } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, verdictOn } from './evidence.ts';
import { authorizationRequests, type Callback, callbacks } from './front-channel.ts';
import { oncePerView } from './once.ts';
import { redirectOf } from './redirect.ts';
import { at, defineRule, inconclusive, notApplicable, type Rule, type Verdict } from './rule.ts';

const stateMismatch = defineRule({
  id: 'authz-state-mismatch',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'Every authorization response returns the state of the request unchanged, errors included.',
  why: 'The client drops a response whose state it does not know: the user approved and nothing happens, or they read "state does not match".',
  fix: 'Treat state as opaque: decode it once from the query, keep it whole, and percent-encode it once into the redirect.',
  example:
    'HTTP/1.1 303 See Other\nLocation: http://127.0.0.1:49321/callback?code=…&state=a%2Bb%2Fc%3D',
  affected: { clients: ['VS Code', 'every client'], confidence: 'confirmed' },
  spec: [oauth21('4.1.2')],
  judge: (view) =>
    judgeCallbacks(view, UNKNOWN_REQUEST, ({ exchange, parameters, request }) => {
      const sent = request?.parameters?.get('state');
      const returned = parameters.get('state');
      if (!request?.parameters) return undefined;
      return !sent || returned === sent
        ? []
        : [
            {
              message:
                returned === null
                  ? 'the callback has no state, expected the one sent'
                  : 'state of the callback is not the one sent, expected it unchanged',
              evidence: at(exchange, '/request/url'),
            },
          ];
    }),
});

const duplicateParameters = defineRule({
  id: 'authz-response-duplicate-params',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST NOT',
  revisions: 'A-D',
  requires: 'code, state, iss and error occur once at most, and code and error never together.',
  why: 'Which of two values counts depends on the client. That is how one client is tricked into using what another one checked.',
  fix: 'Build the redirect from its parameters, each set once; do not append to a URL that has them already.',
  example:
    'Location: http://127.0.0.1:49321/callback?code=…&state=…&iss=https%3A%2F%2Flogin.example.com',
  spec: [oauth21('3.1')],
  judge: (view) =>
    judgeCallbacks(view, UNREAD_CALLBACK, ({ exchange, parameters }) => {
      const evidence = at(exchange, '/request/url');
      const repeated = ['code', 'state', 'iss', 'error']
        .filter((name) => parameters.getAll(name).length > 1)
        .map((name) => ({
          message: `${name} occurs ${parameters.getAll(name).length} times in the callback, expected it once`,
          evidence,
        }));
      const deviations =
        parameters.has('code') && parameters.has('error')
          ? [
              ...repeated,
              { message: 'the callback has both code and error, expected one of them', evidence },
            ]
          : repeated;
      return deviations.length === 0 && isUnreadPost(exchange) ? undefined : deviations;
    }),
});

const inFragment = defineRule({
  id: 'authz-response-in-fragment',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'The answer to response_type "code" comes in the query of the redirect, and holds no token.',
  why: 'A browser keeps the fragment to itself: a listener never sees it and waits until it gives up. A token in a URL ends up in histories and logs.',
  fix: 'Put code, state and iss into the query; return tokens from the token endpoint only.',
  example: 'Location: http://127.0.0.1:49321/callback?code=…&state=…',
  spec: [oauth21('4.1.2')],
  outranks: ['authz-request-failed', 'authz-state-mismatch', 'authz-iss-missing'],
  judge(view) {
    const redirects = redirectsToClient(view);
    const arrived = callbacks(view);
    if (redirects.length === 0 && arrived.length === 0)
      return notApplicable('no authorization response is in this trace');
    const deviations = [
      ...redirects.flatMap(fragmentDeviations),
      ...arrived.flatMap(({ exchange, parameters }) =>
        tokenDeviations(parameters, exchange, '/request/url'),
      ),
    ];
    const isSilent = arrived.every(({ parameters }) => parameters.size === 0);
    return deviations.length === 0 && redirects.length === 0 && isSilent
      ? inconclusive('the callback came empty and the redirect that led to it was not seen')
      : verdictOn(deviations);
  },
});

const preservesPost = defineRule({
  id: 'authz-redirect-preserves-post',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST NOT',
  revisions: 'A-D',
  requires: 'The redirect to the client turns the POST of a login or consent form into a GET.',
  why: 'After 307 or 308 the browser posts the form again, password included, to the client. Callbacks take GET only and answer "method not allowed".',
  fix: 'Redirect with 303, or 302.',
  example: 'HTTP/1.1 303 See Other',
  affected: { clients: ['Claude', 'every client'], confidence: 'confirmed' },
  spec: [rfc9700('4.12')],
  judge(view) {
    const redirects = redirectsToClient(view);
    if (redirects.length === 0 && view.callbacks.length === 0)
      return notApplicable('no authorization response is in this trace');
    const unasked = callbacks(view).filter(isUnaskedPost);
    const deviations = [
      ...redirects
        .filter(({ exchange }) => exchange.request.method === 'POST' && keepsMethod(exchange))
        .map(({ exchange }) => ({
          message: `the form was answered with a redirect ${exchange.response?.status} to the client, expected 303`,
          evidence: at(exchange, '/response/status'),
        })),
      ...unasked
        .filter(({ request }) => request?.parameters !== undefined)
        .map(({ exchange }) => ({
          message: 'the callback came as a POST, expected a GET',
          evidence: at(exchange, '/request/method'),
        })),
    ];
    return deviations.length === 0 && unasked.length > 0
      ? inconclusive(UNKNOWN_REQUEST)
      : verdictOn(deviations);
  },
});

/** The rules about the form of the authorization response. */
export const authorizationResponseRules: readonly Rule[] = [
  stateMismatch,
  duplicateParameters,
  inFragment,
  preservesPost,
];

const UNKNOWN_REQUEST = 'the parameters of the authorization request are not in the trace';
const UNREAD_CALLBACK = 'the form that was posted to the callback is missing or was cut';

/** Judges each callback; one that cannot be judged is told by undefined, and `why` says why. */
function judgeCallbacks(
  view: View,
  why: string,
  judge: (callback: Callback) => readonly Deviation[] | undefined,
): Verdict {
  const arrived = callbacks(view);
  if (arrived.length === 0) return notApplicable('no callback arrived');
  const judged = arrived.map(judge);
  const deviations = judged.flatMap((one) => one ?? []);
  return deviations.length === 0 && judged.includes(undefined)
    ? inconclusive(why)
    : verdictOn(deviations);
}

function isUnreadPost({ request: { method, body } }: Exchange): boolean {
  return method === 'POST' && (!body || body.truncated === true);
}

interface ClientRedirect {
  readonly exchange: Exchange;
  readonly location: string;
}

/** Redirects of the authorization server to a redirect URI of the client, as the form driver saw them. */
export const redirectsToClient = oncePerView((view): readonly ClientRedirect[] => {
  const targets = new Set(
    authorizationRequests(view).flatMap(({ parameters }) =>
      withoutParameters(parameters?.get('redirect_uri') ?? ''),
    ),
  );
  return [...view.authorizations, ...view.byRole('page')].flatMap((exchange) => {
    const location = redirectOf(exchange);
    return location && targets.has(withoutParameters(location)) ? [{ exchange, location }] : [];
  });
});

function withoutParameters(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

function fragmentDeviations({ exchange, location }: ClientRedirect): readonly Deviation[] {
  const [rest = '', fragment = ''] = location.split('#');
  const query = new URLSearchParams(rest.split('?')[1]);
  const hidden = new URLSearchParams(fragment);
  const pointer = '/response/headers/location';
  const names = ['code', 'error', 'state'].filter((name) => hidden.has(name));
  return [
    ...(names.length > 0
      ? [
          {
            message: `the redirect carries ${names.join(', ')} in its fragment, expected the query`,
            evidence: at(exchange, pointer),
          },
        ]
      : []),
    ...tokenDeviations(hidden, exchange, pointer),
    ...tokenDeviations(query, exchange, pointer),
  ];
}

function tokenDeviations(
  parameters: ReadonlyParameters,
  exchange: Exchange,
  pointer: string,
): readonly Deviation[] {
  return ['access_token', 'id_token', 'refresh_token']
    .filter((name) => parameters.has(name))
    .map((name) => ({
      message: `the redirect carries ${quoted(name)}, expected tokens from the token endpoint only`,
      evidence: at(exchange, pointer),
    }));
}

function keepsMethod({ response }: Exchange): boolean {
  return response?.status === 307 || response?.status === 308;
}

function isUnaskedPost({ exchange, request }: Callback): boolean {
  return (
    exchange.request.method === 'POST' && request?.parameters?.get('response_mode') !== 'form_post'
  );
}
