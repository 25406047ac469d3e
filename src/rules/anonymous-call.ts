/** Requests to the MCP server without a token, and what it said to them. */
import { headerValue } from '../trace/headers.ts';
import type { View } from '../trace/view.ts';
import { isSuccess } from './evidence.ts';
import { type McpCall, mcpCalls } from './mcp-call.ts';
import { oncePerView } from './once.ts';
import { inconclusive, notApplicable, type Verdict } from './rule.ts';

/** A request without credentials that was answered. */
export interface AnonymousCall extends McpCall {
  readonly status: number;
}

/** Judges the answered requests without credentials. */
export function judgeAnonymous(
  view: View,
  judge: (calls: readonly AnonymousCall[]) => Verdict,
): Verdict {
  const sent = anonymousCalls(view);
  if (sent.length === 0)
    return notApplicable('no message was sent to the MCP server without a token');
  const answered = sent.filter((call): call is AnonymousCall => call.status !== undefined);
  if (answered.length === 0) return inconclusive('no message without a token was answered');
  return judge(answered);
}

/** Judges the 401 answers to requests without credentials. */
export function judgeChallenged(
  view: View,
  judge: (calls: readonly AnonymousCall[]) => Verdict,
): Verdict {
  return judgeAnonymous(view, (calls) => {
    const challenged = calls.filter(({ status }) => status === 401);
    return challenged.length === 0
      ? notApplicable('the MCP server did not answer 401 to a message without a token')
      : judge(challenged);
  });
}

/**
 * The answer that a client without a token is stuck with: neither 2xx nor 401 to any of its messages.
 * A server that refuses one revision's message and challenges another's is not stuck.
 */
export function deadEnd(calls: readonly AnonymousCall[]): AnonymousCall | undefined {
  return calls.some(({ exchange }) => isSuccess(exchange)) ? undefined : lastRefusal(calls);
}

/** The last answer without a token that was no success, where no 401 came; a handshake may have been open. */
export function lastRefusal(calls: readonly AnonymousCall[]): AnonymousCall | undefined {
  const last = calls.at(-1);
  return last && !isSuccess(last.exchange) && !calls.some(({ status }) => status === 401)
    ? last
    : undefined;
}

const anonymousCalls = oncePerView((view) => mcpCalls(view).filter(isAnonymous));

function isAnonymous({ exchange, messages }: McpCall): boolean {
  return (
    messages.length > 0 && headerValue(exchange.request.headers, 'authorization') === undefined
  );
}
