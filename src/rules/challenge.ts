/** The `WWW-Authenticate` header: is it there, and can every client read it. */
import type { ChallengeProblem } from '../oauth/challenge.ts';
import { quoted } from '../oauth/quoted.ts';
import { oauth21, rfc6750, rfc9110 } from '../spec/references.ts';
import { judgeChallenged } from './anonymous-call.ts';
import { headersOf, inHeader, judgeHeaders } from './challenge-header.ts';
import { type Deviation, verdictOn, withoutAnswer } from './evidence.ts';
import { type McpCall, mcpCalls, nameOf } from './mcp-call.ts';
import { at, defineRule, type Rule } from './rule.ts';

const EXAMPLE = `WWW-Authenticate: Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp", scope="notes.read"`;

export const challengeMissing = defineRule({
  id: 'www-authenticate-missing',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A 401 answer carries a WWW-Authenticate header with a Bearer (or DPoP) challenge.',
  why: 'Without it a 401 does not say how to sign in. Clients guess at well-known addresses, and those that do not report a failed connection.',
  fix: 'Send the header on every 401, also from custom middleware and from the gateway.',
  example: EXAMPLE,
  affected: { clients: ['Claude Code', 'ChatGPT', 'Amazon Q'], confidence: 'confirmed' },
  spec: [oauth21('5.3.1'), rfc9110('15.5.2')],
  judge(view) {
    const calls = mcpCalls(view);
    const refused = calls.filter(({ status }) => status === 401);
    if (refused.length > 0)
      return verdictOn(refused.filter(({ challenge }) => !challenge).map((call) => missing(call)));
    return withoutAnswer(
      'a message to the MCP server',
      calls,
      'the MCP server answered nothing with 401',
    );
  },
});

function missing(call: McpCall): Deviation {
  const schemes = call.challenges.map(({ scheme }) => scheme);
  const seen =
    schemes.length > 0
      ? `a challenge of scheme ${schemes.map(quoted).join(', ')}`
      : 'no WWW-Authenticate header';
  return {
    message: `the 401 answer to ${nameOf(call)} has ${seen}, expected a Bearer challenge`,
    evidence: at(call.exchange, '/response/headers'),
  };
}

export const challengeMalformed = defineRule({
  id: 'www-authenticate-malformed',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'Challenges follow RFC 9110: a scheme, then name="value" pairs with commas between, each once.',
  why: 'A strict parser drops the challenge, a lenient one reads half of it. Signing in then works with some clients and not with others.',
  fix: 'Put every value in double quotes, a comma between parameters, each parameter once, and nothing but ASCII.',
  example: EXAMPLE,
  affected: { clients: ['Gemini CLI', 'Qwen Code'], confidence: 'reported' },
  spec: [rfc9110('11.6.1'), rfc6750('3')],
  outranks: ['www-authenticate-missing', 'challenge-syntax-nonstandard'],
  judge: (view) =>
    judgeHeaders(view, (call) =>
      call.challenges
        .flatMap(({ problems }) => problems)
        .filter(isMalformed)
        .map(({ message }) => inHeader(call, message)),
    ),
});

/** Parameters that RFC 6750 allows once; a repeated pointer is another rule's. */
const ONCE: ReadonlySet<string> = new Set([
  'realm',
  'scope',
  'error',
  'error_description',
  'error_uri',
]);

function isMalformed({ code, parameter }: ChallengeProblem): boolean {
  if (code === 'duplicate-parameter') return ONCE.has(parameter ?? '');
  // Recipients have to accept blanks around the equals sign.
  return code !== 'whitespace-around-equals';
}

export const nonstandardSyntax = defineRule({
  id: 'challenge-syntax-nonstandard',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'field',
  revisions: 'B-D',
  requires: 'The pointer is written exactly resource_metadata="…".',
  why: 'Some clients do not parse the header; they search it for this very text. With blanks around the equals sign or capital letters they find nothing.',
  fix: 'Write resource_metadata in lower case, the equals sign without blanks, the URL in double quotes.',
  example: EXAMPLE,
  affected: { clients: ['Gemini CLI', 'Qwen Code'], confidence: 'reported' },
  spec: [rfc9110('11.2')],
  judge: (view) =>
    judgeHeaders(view, (call) =>
      call.challenge?.parameters.has('resource_metadata') &&
      !headersOf(call).some((value) => value.includes('resource_metadata="'))
        ? [
            inHeader(
              call,
              `the challenge is ${quoted(headersOf(call).join(', '))}, expected the text resource_metadata="…" in it`,
            ),
          ]
        : [],
    ),
});

export const hiddenChallenge = defineRule({
  id: 'challenge-hidden-behind-basic',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'The Bearer challenge is the first of the challenges.',
  why: 'The TypeScript SDK looks at the first word of the header only, and fetch joins several headers into one. It never sees a Bearer challenge behind another.',
  fix: 'Send the Bearer challenge first, or alone.',
  example: EXAMPLE,
  affected: { clients: ['TypeScript SDK'], confidence: 'confirmed' },
  spec: [rfc9110('11.6.1')],
  judge: (view) =>
    judgeHeaders(view, (call) => {
      const schemes = call.challenges.map(({ scheme }) => scheme.toLowerCase());
      return schemes.includes('bearer') && schemes[0] !== 'bearer'
        ? [
            inHeader(
              call,
              `the first challenge is ${quoted(schemes[0])}, expected Bearer before it`,
            ),
          ]
        : [];
    }),
});

export const errorWithoutCredentials = defineRule({
  id: 'challenge-error-without-credentials',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'SHOULD NOT',
  severity: 'info',
  revisions: 'A-D',
  requires: 'The challenge to a request without credentials carries no error code.',
  why: 'Error codes are about a token that was shown. On a first request they only mislead whoever reads the log; clients do not mind.',
  fix: 'Leave error and error_description out when no Authorization header came.',
  example: EXAMPLE,
  spec: [rfc6750('3.1')],
  judge: (view) =>
    judgeChallenged(view, (calls) =>
      verdictOn(
        calls.flatMap((call) => {
          const error = call.challenge?.parameters.get('error');
          return error === undefined
            ? []
            : [
                inHeader(
                  call,
                  `the challenge to ${nameOf(call)} without a token has error ${quoted(error)}, expected none`,
                ),
              ];
        }),
      ),
    ),
});

/** The rules about the challenge. */
export const challengeRules: readonly Rule[] = [
  challengeMissing,
  challengeMalformed,
  nonstandardSyntax,
  hiddenChallenge,
  errorWithoutCredentials,
];
