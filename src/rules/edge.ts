/** What stands in front of the MCP server: proxies, gateways, guards. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc9110 } from '../spec/references.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { answerHeader, type McpCall, mcpCalls, nameOf } from './mcp-call.ts';
import { endsOf, redirectOf } from './redirect.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Verdict } from './rule.ts';

/** What a call without a token is said to be refused with, where nobody knows better. */
const REFUSALS = [
  'auth-status-not-401',
  'forbidden-instead-of-unauthorized',
  'other-status-for-unauthenticated',
];

/** What a refused call with a token is said to be, where nobody knows better. */
const BLOCKS = ['edge-blocks-ai-user-agent', 'post-auth-mcp-error', 'insufficient-scope-challenge'];

const callRedirected = defineRule({
  id: 'mcp-call-redirected',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  revisions: 'A-D',
  requires: 'The MCP endpoint answers at its own URL.',
  why: 'HTTP libraries drop the body on a 301, 302 or 303 and the Authorization header on the way to another host. The client sees a 401 or a broken connection and blames the login.',
  fix: 'Serve the exact URL that users enter, with and without the trailing slash, and switch the framework’s slash redirect off for it; let users enter the final URL otherwise.',
  example: 'app.post(["/mcp", "/mcp/"], handler)',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc9110('15.4')],
  outranks: [...REFUSALS, 'post-auth-mcp-error', 'transport-notification-status'],
  judge: (view) =>
    judgeAnswered(view, (call) => {
      const location = redirectOf(call.exchange);
      if (location === undefined) return undefined;
      const keepsAll = isSameOrigin(location, call.exchange) && keepsBody(call.status);
      return fail(
        `${nameOf(call)} was answered ${call.status} to ${quoted(location)}, expected an answer at ${quoted(call.exchange.request.url)}`,
        at(call.exchange, '/response/headers/location'),
        { severity: keepsAll ? 'warning' : 'error' },
      );
    }),
});

const loginRedirect = defineRule({
  id: 'access-proxy-login-redirect',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'No login page stands in front of the MCP endpoint.',
  why: 'An access proxy (IAP, Cloudflare Access, a web framework’s login) sends a page for people to a client that expects JSON. It never sees the 401 that would start OAuth.',
  fix: 'Exempt the MCP path and /.well-known/* from the proxy’s login, or let the proxy answer 401 with a Bearer challenge itself.',
  example:
    'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp"',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling')],
  outranks: [...REFUSALS, 'mcp-call-redirected', 'transport-content-type'],
  judge: (view) =>
    judgeAnswered(view, (call) => {
      const location = redirectOf(call.exchange);
      if (location !== undefined && LOGIN.test(location))
        return fail(
          `${nameOf(call)} was answered ${call.status} to ${quoted(location)}, expected JSON, not a login`,
          at(call.exchange, '/response/headers/location'),
        );
      return call.status === 200 && call.type === 'text/html'
        ? fail(
            `${nameOf(call)} was answered 200 with an HTML page, expected JSON or an event stream`,
            at(call.exchange, '/response/headers/content-type'),
            { fix: PAGE_FIX },
          )
        : undefined;
    }),
});

const PAGE_FIX =
  'Make sure that the URL is the MCP endpoint and not a page for people. If it is, exempt its path from the catch-all route of the application and from the login of any proxy in front.';

const LOGIN =
  /log[-_]?in|sign[-_]?in|\bsso\b|\bsaml|oauth2?\/|\/authorize|cdn-cgi\/access|accounts\./i;

const edgeBlocks = defineRule({
  id: 'edge-blocks-ai-user-agent',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A request that carries a good token reaches the MCP server.',
  why: 'Bot rules block by user agent or address. Discovery and the token use another user agent than the call, so sign-in works and the first call is refused before the server sees it.',
  fix: 'Allow the clients’ user agents (Claude-User, openai-mcp) and addresses for the MCP path and /.well-known/* in the firewall, and in its AI crawler settings too; look for the refusal in the edge’s log, the application has none.',
  example:
    'POST /mcp HTTP/1.1\nUser-Agent: Claude-User\nAuthorization: Bearer …   reaches the MCP server',
  affected: { clients: ['Claude', 'Claude Desktop', 'ChatGPT'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling')],
  outranks: ['post-auth-mcp-error', 'insufficient-scope-challenge'],
  judge: (view) =>
    judgeAnswered(view, (call) =>
      call.token !== undefined && isRefusedByEdge(call)
        ? fail(
            `${nameOf(call)} with a token was answered 403 ${quoted(call.type)}${madeBy(call)} without a challenge, expected an answer of the MCP server`,
            at(call.exchange, '/response/status'),
          )
        : undefined,
    ),
});

const csrfBlocks = defineRule({
  id: 'csrf-blocks-mcp-post',
  step: 'call',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The MCP endpoint is exempt from the checks that protect web forms.',
  why: 'A web framework’s CSRF filter refuses every POST without its cookie, before authentication runs. No MCP client has that cookie.',
  fix: 'Exempt the MCP path, with and without the trailing slash, from the CSRF filter: bearer tokens are not sent by browsers on their own.',
  example: 'http.csrf(csrf -> csrf.ignoringRequestMatchers("/mcp", "/mcp/"))',
  affected: { clients: ['every client'], confidence: 'reported' },
  spec: [mcp('2026-07-28', 'basic/authorization#error-handling')],
  outranks: [...REFUSALS, ...BLOCKS],
  judge: (view) =>
    judgeAnswered(view, (call) =>
      isUnexplained(call, [400, 403, 419]) && /csrf|xsrf|forgery/i.test(textOf(call))
        ? fail(
            `${nameOf(call)} was answered ${call.status} with ${quoted(textOf(call))}, expected no CSRF check on the MCP endpoint`,
            at(call.exchange, '/response/body'),
          )
        : undefined,
    ),
});

const hostAllowlist = defineRule({
  id: 'host-header-allowlist',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The server knows the host name it is reached by.',
  why: 'A guard against DNS rebinding refuses the public host name with 421 or 403. Some clients take that for a demand to sign in and end in a 404 on /register.',
  fix: 'Add the public host name, with its port where it has one, to the server’s allowed hosts.',
  example: 'TransportSecuritySettings(allowed_hosts=["api.example.com"])',
  affected: { clients: ['Claude Code'], confidence: 'reported' },
  spec: [rfc9110('15.5.20')],
  outranks: [...REFUSALS, ...BLOCKS],
  judge: (view) =>
    judgeAnswered(view, (call) =>
      call.status === 421 || (isUnexplained(call, [400, 403]) && BAD_HOST.test(textOf(call)))
        ? fail(
            `${nameOf(call)} was answered ${call.status} with ${quoted(textOf(call))}, expected its host to be allowed`,
            at(call.exchange, '/response/status'),
          )
        : undefined,
    ),
});

const BAD_HOST =
  /(invalid|disallowed|untrusted|unknown|forbidden) host|host (header|not allowed)|dns.?rebinding/i;

/** The rules about what stands in front of the MCP endpoint. */
export const edgeRules = [callRedirected, loginRedirect, edgeBlocks, csrfBlocks, hostAllowlist];

/** Fails on the first answered call of which `seen` makes a failure. */
function judgeAnswered(view: View, seen: (call: McpCall) => Verdict | undefined): Verdict {
  const calls = mcpCalls(view);
  if (calls.length === 0) return notApplicable('the MCP endpoint was never called');
  const answered = calls.filter(({ status }) => status !== undefined);
  if (answered.length === 0) return inconclusive('no call to the MCP endpoint was answered');
  for (const call of answered) {
    const verdict = seen(call);
    if (verdict) return verdict;
  }
  return pass;
}

function isSameOrigin(location: string, exchange: Exchange): boolean {
  const ends = endsOf(location, exchange);
  return ends !== undefined && ends.from.origin === ends.to.origin;
}

function keepsBody(status: number | undefined): boolean {
  return status === 307 || status === 308;
}

/** A refusal that no challenge explains. */
function isUnexplained({ status, challenge }: McpCall, statuses: readonly number[]): boolean {
  return status !== undefined && statuses.includes(status) && challenge === undefined;
}

function isRefusedByEdge(call: McpCall): boolean {
  return (
    isUnexplained(call, [403]) && call.replies.length === 0 && call.type !== 'application/json'
  );
}

function madeBy(call: McpCall): string {
  const server = answerHeader(call, 'server');
  return server === undefined ? '' : ` by ${quoted(server)}`;
}

function textOf({ exchange }: McpCall): string {
  return exchange.response?.body?.text?.slice(0, 500) ?? '';
}
