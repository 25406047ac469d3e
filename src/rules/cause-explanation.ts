/** What a failed step means where no finding says it: by step, and by what came back. */
import { originOf } from '../oauth/well-known.ts';
import type { Exchange, Failure } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import { stringMember, type View } from '../trace/view.ts';
import { explainAuthorization } from './cause-authorization.ts';
import { explainCall } from './cause-call.ts';
import { explainChallenge } from './cause-challenge.ts';
import { explainNoAnswer } from './cause-no-answer.ts';
import { explainTokenRefusal } from './cause-token.ts';
import { entryOf, whatPlaceSaid, withoutQuery } from './evidence.ts';
import { tokenOf } from './mcp-call.ts';
import type { Fault } from './rule.ts';
import { errorOf } from './token-error.ts';

/** A failure, explained. */
export interface Explanation {
  readonly message: string;
  readonly fault: Fault;
  readonly fix: string;
}

/** A step that failed. */
export interface Failed {
  readonly view: View;
  readonly step: string;
  /** What the step itself said. */
  readonly reason: string;
  /** The exchange it failed over; undefined where nothing was sent. */
  readonly exchange: Exchange | undefined;
}

/** Explains a failed step by the exchange it failed over. */
export function explainFailure(failed: Failed): Explanation {
  const { exchange, step } = failed;
  if (!exchange) return withoutExchange(failed);
  if (exchange.failure) return withSource(failed, exchange, exchange.failure);
  const explain = entryOf(BY_STEP, step);
  return explain?.(failed, exchange) ?? byStatus(failed, exchange);
}

/** An endpoint that nobody can reach may be a wrong entry of the metadata. */
function withSource({ view, step }: Failed, exchange: Exchange, failure: Failure): Explanation {
  const origin = originOf(exchange.request.url);
  const spoke = view.exchanges.some(
    ({ request, response }) => response !== null && originOf(request.url) === origin,
  );
  const told = explainNoAnswer(exchange, failure, spoke);
  const name = entryOf(NAMED_BY, step);
  const named = name && stringMember(view.serverMetadata?.document, name);
  return named !== undefined && UNREACHED.has(failure.phase) && isAt(exchange, named)
    ? {
        ...told,
        fix: `${told.fix} The metadata names it as ${name}: correct it there where it is wrong.`,
      }
    : told;
}

const NAMED_BY: Readonly<Record<string, string>> = {
  registration: 'registration_endpoint',
  authorization: 'authorization_endpoint',
  token: 'token_endpoint',
};

const UNREACHED: ReadonlySet<string> = new Set(['dns', 'connect', 'tls']);

function isAt({ request }: Exchange, named: string): boolean {
  return withoutQuery(request.url) === withoutQuery(named);
}

const BY_STEP: Readonly<
  Record<string, (failed: Failed, exchange: Exchange) => Explanation | undefined>
> = {
  challenge: (_, exchange) => explainChallenge(exchange),
  registration: explainRegistration,
  authorization: explainAuthorization,
  token: ({ view }, exchange) => explainTokenRefusal(view, exchange),
  call: explainCall,
  refresh: (failed, exchange) =>
    failed.view.role(exchange) === 'mcp'
      ? explainCall(failed, exchange)
      : explainTokenRefusal(failed.view, exchange),
};

function explainRegistration(_: Failed, exchange: Exchange): Explanation | undefined {
  const status = exchange.response?.status ?? 0;
  if (status < 400) return undefined;
  if ((status === 401 || status === 403) && tokenOf(exchange) !== undefined)
    return {
      message: `registration failed: ${whatPlaceSaid(exchange, 'the registration endpoint')} to the initial access token that was given, expected 201`,
      fault: 'user',
      fix: 'Ask whoever runs the authorization server for an initial access token that is still good (--registration-token).',
    };
  return {
    message: `registration failed: ${whatPlaceSaid(exchange, 'the registration endpoint')}, expected 201`,
    fault: 'authorization-server',
    fix: isUnserved(exchange.response)
      ? 'Nothing registers clients there: correct registration_endpoint in the metadata, or take it out and hand out a client_id.'
      : status >= 500
        ? 'The authorization server failed: its log has the reason.'
        : errorOf(exchange) === undefined
          ? 'Return an OAuth error code and a description that names the member of the registration that is refused; until then only the server’s log can tell.'
          : 'Read the error and its description: the server names the member of the registration it refuses.',
  };
}

const PLACES: Readonly<Record<string, readonly [place: string, fault: Fault]>> = {
  challenge: ['the MCP server', 'mcp-server'],
  'resource-metadata': ['the place of the resource metadata', 'mcp-server'],
  'server-metadata': ['the place of the authorization server metadata', 'authorization-server'],
  registration: ['the registration endpoint', 'authorization-server'],
  token: ['the token endpoint', 'authorization-server'],
  refresh: ['the token endpoint', 'authorization-server'],
  call: ['the MCP server', 'mcp-server'],
};

/** An answer came, and it was not good enough. */
function byStatus({ step, reason }: Failed, exchange: Exchange): Explanation {
  const [place, fault] = entryOf(PLACES, step) ?? ['the server', 'deployment'];
  const status = exchange.response?.status ?? 0;
  return {
    message: `${whatPlaceSaid(exchange, place)}${reason ? `: ${reason}` : ''}`,
    fault,
    fix: isUnserved(exchange.response)
      ? 'Nothing of the kind is served at this URL: check host and path.'
      : status === 429
        ? 'The server limits requests: wait, or raise the limit.'
        : status >= 500
          ? 'The server failed: its log has the reason.'
          : 'Read the answer in the trace, and the log of the server that gave it.',
  };
}

/** Nothing was sent: the step stopped over what it had, or on this side of the network. */
function withoutExchange(failed: Failed): Explanation {
  const { step, reason } = failed;
  if (step === 'authorization') return explainAuthorization(failed);
  return {
    message: reason ? `${step} failed: ${reason}` : `${step} failed before anything was sent`,
    fault: entryOf(FED, step) ?? 'client',
    fix: 'Nothing was sent in this step: mend what the message names, then run again.',
  };
}

/** Steps that fail without a request over the documents they were given. */
const FED: Readonly<Record<string, Fault>> = {
  'resource-metadata': 'mcp-server',
  'server-metadata': 'deployment',
  registration: 'authorization-server',
};
