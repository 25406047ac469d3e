/** How the MCP server treats the access token it is shown. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc6750 } from '../spec/references.ts';
import { isObject } from '../trace/body.ts';
import { stringMember, type View } from '../trace/view.ts';
import { withoutAnswer } from './evidence.ts';
import { type McpCall, mcpCalls, nameOf } from './mcp-call.ts';
import {
  ageOf,
  contradiction,
  type Disagreement,
  disagreements,
  explanationOf,
  judgeRefusals,
  type Refusal,
  SURELY_FRESH,
} from './refusal.ts';
import { at, defineRule, fail, pass } from './rule.ts';

const freshTokenRejected = defineRule({
  id: 'mcp-fresh-token-rejected',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires:
    'The MCP server accepts an access token that its authorization server has just issued for it.',
  why: 'Sign-in looks perfect and the first call fails. Clients show "credentials rejected" or send the user around the login again, and nothing in the authorization server’s log hints at it.',
  fix: 'Let both sides agree: compare aud, iss, kid and exp of the token with what the MCP server is configured to accept, check that it can reach the JWKS or the introspection endpoint, and that both clocks are right.',
  example: 'aud in the token = resource in the metadata = https://api.example.com/mcp',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#token-handling'), rfc6750('3.1')],
  judge: (view) =>
    judgeRefusals(view, ([first]) =>
      first ? fail(describe(view, first), evidenceOf(first), fixOf(view, first)) : pass,
    ),
});

const headerStripped = defineRule({
  id: 'authorization-header-stripped',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The Authorization header reaches the code that checks it.',
  why: 'Some web servers, CGI bridges and gateways drop the header before the application runs. The token is fine and every client fails all the same.',
  fix: 'Pass the header through: CGIPassAuth On (Apache), proxy_set_header Authorization $http_authorization (nginx), or read REDIRECT_HTTP_AUTHORIZATION; log the header’s presence in the application to see where it is lost.',
  example: 'CGIPassAuth On',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc6750('2.1')],
  outranks: ['mcp-fresh-token-rejected'],
  judge: (view) =>
    judgeRefusals(view, (refusals) => {
      const found = refusals.find(({ call }) => saysNothingCame(explanationOf(call)));
      return found
        ? fail(
            `${nameOf(found.call)} carried an Authorization header and was answered 401 with ${quoted(explanationOf(found.call))}, expected the server to see the header`,
            evidenceOf(found),
          )
        : pass;
    }),
});

const middlewareNeedsExpiry = defineRule({
  id: 'bearer-middleware-needs-expiry',
  step: 'call',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The token verifier tells the bearer middleware when the token expires.',
  why: 'The TypeScript SDK’s bearer middleware refuses what its verifier returns without a numeric expiry. The token was verified, the handler never runs and logs nothing.',
  fix: 'Return expiresAt, in seconds since 1970, from the token verifier.',
  example: 'return { token, clientId, scopes, expiresAt: claims.exp };',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#token-handling')],
  outranks: ['mcp-fresh-token-rejected', 'authorization-header-stripped'],
  judge: (view) =>
    judgeRefusals(view, (refusals) => {
      const found = refusals.find(({ call }) => /no expiration time/i.test(explanationOf(call)));
      return found
        ? fail(
            `${nameOf(found.call)} was answered 401 with ${quoted(explanationOf(found.call))}, expected the verifier to name an expiry`,
            evidenceOf(found),
          )
        : pass;
    }),
});

const hiddenInToolError = defineRule({
  id: 'expired-token-hidden-in-tool-error',
  step: 'call',
  fault: 'mcp-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A token that is not good enough is refused with status 401, never inside a result.',
  why: 'Clients refresh a token or ask for a login only when they see a 401. Text inside a successful answer goes to the model, which apologises to the user, and the client never signs in again.',
  fix: 'Check the token before the JSON-RPC message is handled and answer 401 with a Bearer challenge. If the text is about another service the tool calls, say so in it.',
  example: 'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error="invalid_token"',
  affected: { clients: ['Claude', 'Claude Desktop'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#token-handling'), rfc6750('3.1')],
  judge(view) {
    const calls = mcpCalls(view).filter(({ token }) => token);
    const answered = calls.filter(({ status }) => status === 200);
    if (answered.length === 0)
      return withoutAnswer('a call with a token', calls, 'no call with a token was answered 200');
    for (const call of answered) {
      const text = complaintOf(call);
      if (SIGN_IN.test(text))
        return fail(
          `${nameOf(call)} was answered 200 with ${quoted(text)}, expected status 401`,
          at(call.exchange, '/response/body'),
        );
    }
    return pass;
  },
});

const SIGN_IN =
  /^\W*401\b|\b(?:http|status|code|error)\W{1,3}(?:code\W{1,3})?401\b|unauthori[sz]ed|invalid[ _-]?(access )?token|token (has |is )?(expired|invalid)|expired token|(please|must|need to) (sign|log) ?in|re-?authenticate/i;

/** The rules about the treatment of tokens. */
export const callRules = [
  freshTokenRejected,
  headerStripped,
  middlewareNeedsExpiry,
  hiddenInToolError,
];

function evidenceOf({ call, token }: Refusal) {
  return [at(call.exchange, '/response/status'), at(token.exchange, '/response/body/access_token')];
}

function describe(view: View, { call, token }: Refusal): string {
  const { lifetime = SURELY_FRESH } = token;
  const said = explanationOf(call);
  return [
    `${nameOf(call)} was answered 401 though its token was ${Math.round(ageOf(token, call))} s old and good for ${lifetime} s, expected it to be accepted`,
    ...reasonsOf(view, { call, token }).map(({ text }) => text),
    ...(said ? [`the server says ${quoted(said)}`] : []),
  ].join('; ');
}

function fixOf(view: View, refusal: Refusal): { readonly fix?: string } {
  const fix = reasonsOf(view, refusal)[0]?.fix;
  return fix ? { fix } : {};
}

/** What is in the token comes first, but for a token that was taken before. */
function reasonsOf(view: View, refusal: Refusal): readonly Disagreement[] {
  const other = contradiction(view, refusal);
  if (other?.isProof) return [other];
  return [...disagreements(view, refusal), ...(other ? [other] : [])];
}

const CREDENTIALS = '(authorization|bearer|access[ _]token|credentials)';
const BETWEEN = '(?:\\W+(?:an?|the|any|required|valid|http|oauth|request|headers?)\\b){0,4}\\W+';
/** "No header", and "header not provided": a token that lacks something, or that nobody finds, did come. */
const ABSENT = new RegExp(
  `\\b(missing|no|without)${BETWEEN}${CREDENTIALS}\\b(?! server)|${CREDENTIALS}( header| token| field)*( is| was| were|:)? (missing( from\\b|\\W*$)|not (provided|present|supplied|set)\\b|absent)|authorization header not found`,
  'i',
);

/** "Missing or invalid token" is said of both cases and tells nothing. */
function saysNothingCame(text: string): boolean {
  return ABSENT.test(text) && !/invalid|expired|malformed/i.test(text);
}

/** The text of a tool's failure or of a JSON-RPC error; empty for a success. */
function complaintOf({ result, error }: McpCall): string {
  if (error) return stringMember(error, 'message') ?? '';
  const content: unknown = result?.isError === true ? result.content : [];
  return (Array.isArray(content) ? content : [])
    .map((part: unknown) => (isObject(part) ? stringMember(part, 'text') : undefined) ?? '')
    .join(' ')
    .trim();
}
