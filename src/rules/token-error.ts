/** How the token endpoint says no. */
import { quoted } from '../oauth/quoted.ts';
import { oauth21 } from '../spec/references.ts';
import { objectOf } from '../trace/body.ts';
import { headerValue, headerValues } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import { stringMember, type View } from '../trace/view.ts';
import {
  answerOf,
  contentTypeOf,
  type Deviation,
  explanationOf,
  isBusy,
  isSuccess,
  judgeEach,
  wordsOf,
} from './evidence.ts';
import { at, defineRule, type Rule, type Verdict } from './rule.ts';

const errorFormat = defineRule({
  id: 'token-error-format',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'The token endpoint refuses with status 400 (401 for invalid_client) and a JSON object whose "error" says why.',
  why: 'Clients tell an expired grant from an outage by the error code alone. Without it some repeat the request for ever, others never ask the user to log in again.',
  fix: 'Answer 400 with {"error":"invalid_grant"} and the like; 401 only with invalid_client.',
  example:
    'HTTP/1.1 400 Bad Request\nContent-Type: application/json\nCache-Control: no-store\n\n{"error":"invalid_grant","error_description":"the code was used before"}',
  affected: { clients: ['Claude Desktop', 'every client'], confidence: 'confirmed' },
  spec: [oauth21('3.2.4')],
  outranks: ['token-access-token-missing'],
  judge: (view) => judgeErrors(view, formatDeviations),
});

const invalidClientChallenge = defineRule({
  id: 'token-invalid-client-challenge',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'A client that failed to authenticate by the Authorization header gets 401 with a Basic challenge.',
  why: 'The challenge tells the client that the header was read and its credentials were wrong, rather than that it should have sent them another way.',
  fix: 'Answer 401 with WWW-Authenticate: Basic and the error invalid_client.',
  example: 'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm="token"',
  spec: [oauth21('3.2.4')],
  judge: (view) =>
    judgeErrors(view, (exchange) => {
      const sent = headerValue(exchange.request.headers, 'authorization') ?? '';
      if (errorOf(exchange) !== 'invalid_client' || !/^basic\b/i.test(sent)) return [];
      const challenges = headerValues(exchange.response?.headers ?? [], 'www-authenticate');
      return exchange.response?.status === 401 &&
        challenges.some((value) => /(^|,)\s*basic\b/i.test(value))
        ? []
        : [
            {
              message: `invalid_client came with status ${exchange.response?.status} and ${challenges.length > 0 ? `the challenge ${quoted(challenges[0])}` : 'no challenge'}, expected 401 and a Basic challenge`,
              evidence: at(exchange, '/response/headers/www-authenticate'),
            },
          ];
    }),
});

const rejectsForm = defineRule({
  id: 'token-requires-json-or-rejects-form',
  step: 'token',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The token endpoint takes application/x-www-form-urlencoded.',
  why: 'OAuth sends forms, and so does every client. A handler that parses JSON only sees an empty request.',
  fix: 'Parse form bodies at the token endpoint; in many frameworks that is one middleware to add.',
  example: 'Content-Type: application/x-www-form-urlencoded',
  affected: { clients: ['every client'], confidence: 'reported' },
  spec: [oauth21('3.2.2')],
  outranks: ['token-error-format'],
  judge: (view) =>
    judgeErrors(view, (exchange) =>
      exchange.response?.status === 415 || WANTS_JSON.test(explanationOf(exchange))
        ? [
            {
              message: `the token endpoint answered a form with ${answerOf(exchange)} (${quoted(wordsOf(exchange))}), expected it to take forms`,
              evidence: at(exchange, '/response'),
            },
          ]
        : [],
    ),
});

const WANTS_JSON = /unsupported media type|content.?type|application\/json|invalid json/i;

/** The rules about refusals of the token endpoint. */
export const tokenErrorRules: readonly Rule[] = [errorFormat, invalidClientChallenge, rejectsForm];

/** The OAuth error code of an answer. */
export function errorOf({ response }: Exchange): string | undefined {
  return stringMember(objectOf(response?.body), 'error');
}

/** Judges each answer of the token endpoint that is an error, or pretends not to be one. */
export function judgeErrors(
  view: View,
  judge: (exchange: Exchange) => readonly Deviation[],
): Verdict {
  const refused = view
    .tokenRequests()
    .filter((exchange) => !isSuccess(exchange) || errorOf(exchange) !== undefined);
  return judgeEach('refused token request', refused, judge);
}

/** An overloaded server is not refusing the grant, nor is a place where nobody answers such requests. */
function formatDeviations(exchange: Exchange): readonly Deviation[] {
  const status = exchange.response?.status ?? 0;
  const error = errorOf(exchange);
  if (isBusy(exchange.response) || (error === undefined && isUnserved(exchange.response)))
    return [];
  if (error === undefined)
    return [
      {
        message: `the token endpoint answered ${status} and ${quoted(contentTypeOf(exchange))} without an error code, expected 400 and a JSON object with "error"`,
        evidence: at(exchange, '/response/body'),
      },
    ];
  return status === 400 || (status === 401 && error === 'invalid_client')
    ? []
    : [
        {
          message: `the token endpoint answered ${answerOf(exchange)}, expected status 400`,
          evidence: at(exchange, '/response/status'),
        },
      ];
}
