/** What a failed step means where no finding says it: by step, and by what came back. */
import { quoted } from '../oauth/quoted.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { authorizationAdvice } from './authorization-advice.ts';
import { isLogin } from './authorization-outcome.ts';
import { explainNoAnswer } from './cause-no-answer.ts';
import { explainTokenRefusal } from './cause-token.ts';
import { answerOf, entryOf, explanationOf } from './evidence.ts';
import { callbacks } from './front-channel.ts';
import type { Fault } from './rule.ts';

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
  if (exchange.failure) return explainNoAnswer(exchange, exchange.failure);
  const explain = entryOf(BY_STEP, step);
  return explain?.(failed, exchange) ?? byStatus(failed, exchange);
}

const BY_STEP: Readonly<
  Record<string, (failed: Failed, exchange: Exchange) => Explanation | undefined>
> = {
  registration: explainRegistration,
  authorization: explainAuthorization,
  token: ({ view }, exchange) => explainTokenRefusal(view, exchange),
  call: (_, exchange) => explainCall(exchange),
  refresh: ({ view }, exchange) =>
    view.role(exchange) === 'mcp' ? explainCall(exchange) : explainTokenRefusal(view, exchange),
};

function explainRegistration(_: Failed, exchange: Exchange): Explanation | undefined {
  const status = exchange.response?.status ?? 0;
  if (status < 400) return undefined;
  return {
    message: `registration failed: ${said(exchange, 'the registration endpoint')}, expected 201`,
    fault: 'authorization-server',
    fix:
      status === 404 || status === 405
        ? 'Nothing registers clients there: correct registration_endpoint in the metadata, or take it out and hand out a client_id.'
        : status >= 500
          ? 'The authorization server failed: its log has the reason.'
          : 'Read the error and its description: the server names the member of the registration it refuses.',
  };
}

function explainAuthorization(
  { view, reason }: Failed,
  exchange: Exchange,
): Explanation | undefined {
  if (isLogin(exchange))
    return {
      message: reason,
      fault: 'client',
      fix: 'Check --username and --password (or OAUTH_TEST_PASSWORD), and that this user can log in at that server.',
    };
  const callback = callbacks(view).findLast((one) => one.exchange === exchange);
  const error = callback?.parameters.get('error');
  const description = callback?.parameters.get('error_description') ?? '';
  const status = exchange.response?.status ?? 0;
  if (!error && (callback || status < 400)) return quiet(reason);
  const words = callback ? description : explanationOf(exchange);
  return {
    message: callback
      ? `authorization failed: the callback carries error ${quoted(error)}${words ? ` (${quoted(words)})` : ''}, expected a code`
      : `authorization failed: ${said(exchange, 'the authorization server')}, expected a page or a redirect`,
    fault: 'authorization-server',
    fix: /client/i.test(words)
      ? 'The server does not know this client_id: the registration failed or was lost. Look in the server’s log, and register again.'
      : authorizationAdvice(error ?? undefined, status),
  };
}

/** Pages came and went, and no code. */
function quiet(reason: string): Explanation {
  return {
    message: `authorization did not end in a code: ${reason}`,
    fault: 'authorization-server',
    fix: 'Follow the pages in the trace to the last one; with --consent browser the same pages can be seen by eye.',
  };
}

const CALL_FIXES: Readonly<Record<number, string>> = {
  401: 'The access token is invalid or expired in the eyes of the MCP server: compare its issuer, audience, keys and clock with the authorization server’s.',
  403: 'The token is good and not enough: name the missing scope in a Bearer challenge, or look for a firewall in front of the server.',
  404: 'Nothing answers there: check the URL, or the session was lost between two instances.',
  406: 'Answer clients that accept application/json and text/event-stream.',
  429: 'The server limits requests: wait, or raise the limit.',
};

function explainCall(exchange: Exchange): Explanation | undefined {
  const status = exchange.response?.status ?? 0;
  if (status < 400) return undefined;
  return {
    message: `the MCP request with the token failed: ${said(exchange, 'the MCP server')}, expected 200`,
    fault: status === 401 ? 'deployment' : 'mcp-server',
    fix:
      CALL_FIXES[status] ??
      (status >= 500
        ? 'The MCP server failed: its log has the reason.'
        : 'Read what the server says of the request, and its log.'),
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
    message: `${said(exchange, place)}${reason ? `: ${reason}` : ''}`,
    fault,
    fix:
      status === 404
        ? 'Nothing is served at this URL: check host and path.'
        : status >= 500
          ? 'The server failed: its log has the reason.'
          : 'Read the answer in the trace, and the log of the server that gave it.',
  };
}

/** Nothing was sent: the step stopped over what it had, or on this side of the network. */
function withoutExchange({ step, reason }: Failed): Explanation {
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

function said(exchange: Exchange, place: string): string {
  const words = explanationOf(exchange);
  return `${place} answered ${answerOf(exchange)}${words ? ` (${quoted(words)})` : ''}`;
}
