/** How the MCP server answers somebody it does not know. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc6750 } from '../spec/references.ts';
import { isObject } from '../trace/body.ts';
import { stringMember } from '../trace/view.ts';
import { type AnonymousCall, deadEnd, judgeAnonymous, lastRefusal } from './anonymous-call.ts';
import { isBusy, isSuccess, wordsOf } from './evidence.ts';
import { resourceLookups, serverLookups } from './lookup.ts';
import { answerHeader, isNoEndpoint, mcpCalls, nameOf } from './mcp-call.ts';
import {
  at,
  defineRule,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

const EXAMPLE = `HTTP/1.1 401 Unauthorized
WWW-Authenticate: Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp", scope="notes.read"`;

export const statusNot401 = defineRule({
  id: 'auth-status-not-401',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A request without a valid token is answered with status 401.',
  why: 'Clients begin to sign in when they see 401 and nothing else. Any other refusal looks like a broken server, and the user never gets a login.',
  fix: 'Check the token first, before session id, protocol version, Accept and body, and answer 401.',
  example: EXAMPLE,
  affected: {
    clients: ['Claude', 'Claude Code', 'TypeScript SDK', 'rmcp', 'VS Code'],
    confidence: 'confirmed',
  },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling'), rfc6750('3.1')],
  outranks: ['forbidden-instead-of-unauthorized', 'other-status-for-unauthenticated'],
  judge: (view) =>
    judgeAnonymous(view, (calls) => {
      const refused = lastRefusal(calls);
      if (!refused) return pass;
      if (isBusy(refused)) return notApplicable('the server had no time to ask for a token');
      const retried = mcpCalls(view).filter(
        ({ token, method, status }) =>
          token !== undefined && method === refused.method && status !== undefined,
      );
      const accepted = retried.find(({ exchange }) => isSuccess(exchange));
      if (accepted)
        return fail(
          `${nameOf(refused)} without a token was answered ${refused.status}, with one ${accepted.status}; expected 401 without one`,
          [at(refused.exchange, '/response/status'), at(accepted.exchange, '/response/status')],
        );
      return retried.length > 0
        ? notApplicable('the same message with a token was refused as well')
        : inconclusive('the same message with a token is not in the trace');
    }),
});

export const forbidden = defineRule({
  id: 'forbidden-instead-of-unauthorized',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A request without a token is answered 401; 403 is for a token that may not do this.',
  why: '403 tells a client that signing in would not help, so most give up for good. Only VS Code takes it for a request to log in.',
  fix: 'Answer 401 with a Bearer challenge when no token came or the token is not valid. If the 403 comes from a gateway or an Origin check, look there: the application may never have seen the request.',
  example: EXAMPLE,
  affected: { clients: ['Claude', 'TypeScript SDK', 'rmcp'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling'), rfc6750('3.1')],
  outranks: ['other-status-for-unauthenticated'],
  judge: (view) =>
    judgeAnonymous(view, (calls) => {
      const refused = lastRefusal(calls);
      if (refused?.status !== 403) return pass;
      if (refused.challenge?.parameters.get('error') === 'insufficient_scope')
        return notApplicable('the challenge asks for more scope');
      const words = wordsOf(refused.exchange);
      const isBlocked = refused.type !== 'application/json' && BLOCKED.test(words);
      return fail(
        `${nameOf(refused)} without a token was answered 403${isBlocked ? ` (${quoted(words)})` : ''}, expected 401`,
        at(refused.exchange, '/response/status'),
        isBlocked ? BY_FIREWALL : {},
      );
    }),
});

/** What firewalls and bot filters say, and no MCP server. */
const BLOCKED = /\b(?:request|you|access|page)\b[^.]{0,40}\bblocked\b|attention required/i;

const BY_FIREWALL = {
  fault: 'deployment',
  fix: 'Look in the log of the firewall or bot filter in front: the application has not seen the request. Let the clients’ user agents (Claude-User, openai-mcp) and addresses through to the MCP path and /.well-known/*.',
} as const;

/** Statuses that say more about the message than about whoever sent it. */
const VALIDATION_STATUSES: ReadonlySet<number> = new Set([400, 404, 405, 406, 415, 422, 500, 501]);

/** A crash is likelier than a check too early. */
const CRASHED = {
  fix: 'See in the server’s log why it fails over a request without a token; authenticate before validating sessions, headers and bodies.',
};

export const otherStatus = defineRule({
  id: 'other-status-for-unauthenticated',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'Whoever sends a well-formed message without a token learns that a token is needed.',
  why: 'VS Code takes such an answer for an old server and tries the deprecated SSE transport, others guess that the URL is wrong. Nobody signs in.',
  fix: 'Authenticate before validating sessions, headers and bodies.',
  example: EXAMPLE,
  affected: { clients: ['VS Code', 'Claude'], confidence: 'reported' },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling')],
  judge: (view) =>
    judgeAnonymous(view, (calls) => {
      const refused = deadEnd(calls);
      if (!refused || !VALIDATION_STATUSES.has(refused.status)) return pass;
      if (isNoEndpoint(refused.exchange))
        return notApplicable('no MCP server seems to answer at this URL');
      return fail(
        `${nameOf(refused)} without a token was answered ${refused.status}, expected 401 from a server that wants one`,
        at(refused.exchange, '/response/status'),
        refused.status === 500 ? CRASHED : undefined,
      );
    }),
});

export const notRequired = defineRule({
  id: 'auth-not-required',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MAY',
  revisions: 'A-D',
  requires: 'A server that publishes OAuth metadata asks for a token.',
  why: 'The server answers everybody although it publishes how to sign in. Hosted clients then offer or demand a login that nothing asks for, and the sign-in path may never be exercised.',
  fix: 'If only some tools are guarded, name one of them with --call to see its challenge. If the server is meant to be open, answer 404 at the well-known addresses; if not, guard the whole endpoint.',
  example:
    'HTTP/1.1 401 Unauthorized   to the guarded call, or   HTTP/1.1 404 Not Found   at /.well-known/oauth-protected-resource',
  affected: { clients: ['Claude', 'Claude Desktop'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#protocol-requirements')],
  judge: (view) =>
    judgeAnonymous(view, (calls) => {
      const open = calls.find(({ exchange, result }) => isSuccess(exchange) && result);
      if (!open) return pass;
      const lookups = [...resourceLookups(view), ...serverLookups(view)];
      const published = lookups.find(({ document }) => document);
      if (published)
        return fail(
          `${nameOf(open)} without a token was answered with a result although OAuth metadata is published, expected 401`,
          [at(open.exchange, '/response/body'), at(published.exchange, '/response/body')],
        );
      return lookups.length > 0
        ? pass
        : inconclusive('nobody looked whether the server publishes OAuth metadata');
    }),
});

export const challengeOn200 = defineRule({
  id: 'challenge-on-200',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'Whoever has to sign in is told so by status 401, not inside a successful answer.',
  why: 'Clients look at a challenge only when the status is 401. Text inside a result goes to the model, and no login ever starts.',
  fix: 'Refuse the HTTP request with 401 and a Bearer challenge before the tool runs.',
  example: EXAMPLE,
  affected: { clients: ['Claude', 'Claude Desktop'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling'), rfc6750('3')],
  outranks: ['auth-not-required'],
  judge: (view) =>
    judgeAnonymous(view, (calls) => {
      const answered = calls.filter(({ exchange }) => isSuccess(exchange));
      for (const call of answered) {
        const verdict = hiddenChallenge(call);
        if (verdict) return verdict;
      }
      return answered.length > 0
        ? pass
        : notApplicable('no message without a token was answered with success');
    }),
});

const SIGN_IN =
  /^\W*401\b|\b(?:http|status|code|error)\W{1,3}(?:code\W{1,3})?401\b|unauthori[sz]ed|unauthenticated|not (?:logged|signed) in|(?:please|must|need to|required to) (?:log|sign) ?in|authentication (?:is )?required/i;

function hiddenChallenge(call: AnonymousCall): Verdict | undefined {
  const { exchange, status } = call;
  const header = answerHeader(call, 'www-authenticate');
  if (header !== undefined)
    return fail(
      `${nameOf(call)} was answered ${status} with the challenge ${quoted(header)}, expected it with status 401`,
      at(exchange, '/response/headers/www-authenticate'),
    );
  const complaint = complaintOf(call);
  if (!complaint || !SIGN_IN.test(complaint)) return undefined;
  return fail(
    `${nameOf(call)} was answered ${status} with ${quoted(complaint)}, expected status 401`,
    at(exchange, '/response/body'),
  );
}

/** The text of a JSON-RPC error or of a tool's error. */
function complaintOf({ error, result }: AnonymousCall): string | undefined {
  if (error) return stringMember(error, 'message');
  if (result?.isError !== true || !Array.isArray(result.content)) return undefined;
  return result.content
    .filter(isObject)
    .map((item) => stringMember(item, 'text') ?? '')
    .join(' ');
}

/** The rules about the answer to a message without a token. */
export const unauthorizedRules: readonly Rule[] = [
  statusNot401,
  forbidden,
  otherStatus,
  notRequired,
  challengeOn200,
];
