import { audiences, numericDate } from '../oauth/jwt.ts';
import { quoted } from '../oauth/quoted.ts';
import { compareResource } from '../oauth/resource.ts';
import { formOf, isObject, objectOf } from '../trace/body.ts';
import { headerValues } from '../trace/headers.ts';
import { stringMember, type View } from '../trace/view.ts';
import { isSuccess } from './evidence.ts';
import { type IssuedToken, issuedTokens, tokensByValue } from './issued-token.ts';
import { type McpCall, mcpCalls, nameOf } from './mcp-call.ts';
import { latestBefore, oncePerView } from './once.ts';
import { inconclusive, notApplicable, type Verdict } from './rule.ts';

/** A call that the MCP server answered 401 although it carried the newest, unexpired token. */
export interface Refusal {
  readonly call: McpCall;
  readonly token: IssuedToken;
}

/** Seconds a token without `expires_in` is taken to live at least. */
export const SURELY_FRESH = 60;

/** Refusals of a good token that ask for something else than another token. */
const OTHER_ERRORS: ReadonlySet<string> = new Set(['insufficient_scope', 'use_dpop_nonce']);

/** Judges the refusals of a trace, once it is certain that a token was shown and an answer came. */
export function judgeRefusals(
  view: View,
  judge: (refusals: readonly Refusal[]) => Verdict,
): Verdict {
  const issued = tokensByValue(view);
  const calls = mcpCalls(view).filter(({ token }) => token !== undefined && issued.has(token));
  if (calls.length === 0)
    return notApplicable('no token of this trace was shown to the MCP server');
  if (calls.every(({ status }) => status === undefined))
    return inconclusive('no call with a token was answered');
  return judge(calls.flatMap((call) => refusalOf(view, call)));
}

function refusalOf(view: View, call: McpCall): readonly Refusal[] {
  if (call.status !== 401) return [];
  const token = latestBefore(issuedTokens(view), call.exchange);
  if (!token || token.value !== call.token) return [];
  const error = call.challenge?.parameters.get('error') ?? '';
  const isExcused =
    OTHER_ERRORS.has(error) ||
    !isFresh(token, call) ||
    wasRevoked(view, token, call) ||
    movedToAnotherServer(view, call);
  return isExcused ? [] : [{ call, token }];
}

/** Seconds from the issue of a token to a call. */
export function ageOf({ issuedAt }: IssuedToken, { exchange }: McpCall): number {
  return Math.max(0, (Date.parse(exchange.started_at) - issuedAt) / 1000);
}

function isFresh(token: IssuedToken, call: McpCall): boolean {
  return ageOf(token, call) < (token.lifetime ?? SURELY_FRESH);
}

function wasRevoked(view: View, token: IssuedToken, { exchange }: McpCall): boolean {
  return (revocations(view).get(token.value) ?? exchange.id) < exchange.id;
}

/** The id of the request that revoked each token. */
const revocations = oncePerView(
  (view): ReadonlyMap<string | null, number> =>
    new Map(view.byRole('revocation').map((one) => [formOf(one).get('token'), one.id])),
);

/** A server that names another authorization server after its 401 has refused the old one's token rightly. */
function movedToAnotherServer(view: View, { exchange }: McpCall): boolean {
  const named = serversNamed(view);
  const before = latestBefore(named, exchange);
  const after = named[before ? named.indexOf(before) + 1 : 0];
  return before !== undefined && after !== undefined && before.servers !== after.servers;
}

const serversNamed = oncePerView((view) =>
  view.byRole('resource-metadata').flatMap((exchange) => {
    const servers = objectOf(exchange.response?.body)?.authorization_servers;
    return servers === undefined ? [] : [{ exchange, servers: JSON.stringify(servers) }];
  }),
);

/** One reason for which a resource server refuses a JWT. */
export interface Disagreement {
  readonly text: string;
  readonly fix: string;
  /** True where it leaves no room for another reason. */
  readonly isProof?: boolean;
}

/** What in a JWT can make this server refuse it, likeliest first. */
export function disagreements(view: View, { call, token }: Refusal): readonly Disagreement[] {
  if (!token.jwt) return [];
  const { claims } = token.jwt;
  const { server_url } = view.trace.metadata;
  const resource = stringMember(view.resourceMetadata?.document, 'resource') ?? server_url;
  const issuer = stringMember(view.serverMetadata?.document, 'issuer');
  const audience = audiences(claims);
  const expires = numericDate(claims, 'exp');
  const begins = numericDate(claims, 'nbf');
  const isMeant = audience.some((one) =>
    [resource, server_url].some((wanted) => compareResource(one, wanted) === 'same'),
  );
  const candidates = [
    !isMeant && {
      text: `the token's aud is ${quoted(claims.aud ?? null)}, the resource is ${quoted(resource)}`,
      fix: `Issue tokens whose aud is ${quoted(resource)}: let the authorization server honour the resource parameter, or register this MCP server as its audience.`,
    },
    issuer !== undefined &&
      claims.iss !== issuer && {
        text: `the token's iss is ${quoted(claims.iss ?? null)}, the metadata's issuer is ${quoted(issuer)}`,
        fix: `Let tokens and metadata name the same issuer, and configure it in the MCP server exactly so, slashes included.`,
      },
    expires !== undefined &&
      expires * 1000 <= Date.parse(call.exchange.started_at) && {
        text: 'its exp lies in the past already',
        fix: 'Correct the clock of the authorization server, or the unit of exp: it counts seconds since 1970.',
      },
    begins !== undefined &&
      begins * 1000 > Date.parse(call.exchange.started_at) && {
        text: 'its nbf lies in the future still',
        fix: 'Correct the clock of the authorization server, or let the MCP server put up with some seconds of difference.',
      },
  ];
  return candidates.filter((one) => one !== false);
}

/** What else of the trace tells why the token was refused, whatever is in it; undefined for nothing. */
export function contradiction(view: View, { call }: Refusal): Disagreement | undefined {
  const anonymous = mcpCalls(view).filter(({ token, status }) => !token && status === 401);
  // Only what asks for a token has taken one.
  const taken = mcpCalls(view).find(
    (one) =>
      one.token === call.token &&
      one.exchange.id < call.exchange.id &&
      isSuccess(one.exchange) &&
      anonymous.some(({ method }) => method === one.method),
  );
  if (taken)
    return {
      text: `${nameOf(taken)} was answered ${taken.status} to the same token`,
      fix: 'Let every instance and every route behind this URL check tokens alike: the same keys and settings, and one store for opaque tokens. The same token was good a moment before.',
      isProof: true,
    };
  return anonymous.some((one) => isSameAnswer(one, call))
    ? {
        text: 'a request without a token is answered word for word so',
        fix: 'See first whether the Authorization header arrives: log its presence in the application, and let no proxy or web server on the way drop it. If it does arrive, compare aud, iss, kid and exp of the token with what the MCP server is configured to accept, and see that it reaches the JWKS or the introspection endpoint.',
      }
    : undefined;
}

/** A server that has seen a token says that this one is not good. */
function isSameAnswer(one: McpCall, other: McpCall): boolean {
  const said = ({ exchange }: McpCall) => [
    headerValues(exchange.response?.headers ?? [], 'www-authenticate'),
    exchange.response?.body?.text ?? '',
  ];
  return (
    other.challenge?.parameters.has('error') === false &&
    JSON.stringify(said(one)) === JSON.stringify(said(other))
  );
}

/** What the server says of its refusal: the challenge's description, else its body. */
export function explanationOf({ challenge, exchange }: McpCall): string {
  const body = objectOf(exchange.response?.body);
  const error = isObject(body?.error) ? stringMember(body.error, 'message') : undefined;
  return (
    challenge?.parameters.get('error_description') ??
    stringMember(body, 'error_description') ??
    error ??
    stringMember(body, 'message') ??
    (body && Object.keys(body).length === 0 ? '' : exchange.response?.body?.text?.slice(0, 200)) ??
    ''
  );
}
