/** Deviations of the MCP endpoint once a token was sent, whatever the revision. */
import { RPC_ERROR } from '../../spec/rpc-errors.ts';
import type { Answer, Inbound } from '../answer.ts';
import {
  all,
  type Change,
  challengeParameter,
  type Fault,
  fault,
  header,
  jsonBody,
  member,
  on,
  status,
  text,
  when,
} from './fault.ts';
import { isInitialize, isModern, methodOf, resultMember, rpcError } from './message.ts';

export const CALL_FAULTS: readonly Fault[] = [
  fault(
    'mcp-fresh-token-rejected',
    'refuses tokens it was just given',
    on('mcp', refused(401, { error: 'invalid_token' })),
  ),
  fault(
    'mcp-scope-contradiction',
    'asks for scopes the token has',
    on('mcp', refused(403, { error: 'insufficient_scope' })),
  ),
  fault(
    'insufficient-scope-challenge',
    'does not say which scope a tool needs',
    on('step-up', challengeParameter('scope', undefined)),
    { needs: 'step-up' },
  ),
  fault(
    'transport-content-type',
    'serves JSON-RPC answers as plain text',
    on('mcp', when(hasBody, header('content-type', 'text/plain'))),
  ),
  fault(
    'transport-notification-status',
    'answers a notification as if it were a request',
    on('mcp', when(isNotification, all(status(200), jsonBody({})))),
  ),
  fault(
    'transport-legacy-sse-only',
    'speaks the HTTP+SSE transport of 2024 only',
    all(
      on(
        'mcp',
        when(({ method }) => method === 'POST', all(status(405), text('Method Not Allowed'))),
      ),
      on(
        ['refusal', 'stream'],
        when(
          ({ method }, { asks }) => method === 'GET' && asks !== undefined,
          () => ({
            kind: 'mcp',
            status: 200,
            headers: [['content-type', 'text/event-stream']],
            body: 'event: endpoint\ndata: /messages\n\n',
          }),
        ),
      ),
    ),
  ),
  fault(
    'authorization-header-stripped',
    'has a proxy in front that drops the token',
    on('mcp', refused(401), jsonBody({ error_description: 'the Authorization header is missing' })),
  ),
  fault(
    'bearer-middleware-needs-expiry',
    'misses the expiry of a token that has one',
    on(
      'mcp',
      refused(401, {
        error: 'invalid_token',
        error_description: 'Token has no expiration time',
      }),
    ),
  ),
  fault(
    'edge-blocks-ai-user-agent',
    'lets the edge block whoever has a token',
    on('mcp', status(403), header('server', 'cloudflare'), text('Your request was blocked.')),
  ),
  fault(
    'mcp-call-redirected',
    'redirects calls to its path with a slash',
    on('mcp', (answer, { url }) => ({
      kind: answer.kind,
      status: 307,
      headers: [['location', `${url.href}/`]],
    })),
  ),
  fault(
    'session-lost',
    'forgets a session right after it began',
    on(
      'mcp',
      when(
        (inbound) => methodOf(inbound) === 'tools/list' && !isModern(inbound),
        all(status(404), text('session not found')),
      ),
    ),
  ),
  fault('transport-session-id-charset', 'gives out session ids with blanks', undefined, {
    sessionId: (id) => `session ${id}`,
  }),
  fault('transport-session-id-weak', 'counts its sessions', undefined, {
    sessionId: (_, count) => `${count}`,
  }),
  fault(
    'init-version-unknown',
    'answers initialize with a revision that does not exist',
    on('mcp', when(isInitialize, resultMember('protocolVersion', '2025-01-01'))),
  ),
  fault(
    'protocol-version-rejected',
    'refuses the revision it has agreed to',
    on(
      'mcp',
      when(
        (inbound) => methodOf(inbound) === 'tools/list',
        all(status(400), text('Unsupported protocol version')),
      ),
    ),
  ),
  fault(
    'post-auth-mcp-error',
    'fails over the list of its tools',
    on(
      'mcp',
      when(
        (inbound) => methodOf(inbound) === 'tools/list',
        rpcError(RPC_ERROR.internal, 'Internal error'),
      ),
    ),
  ),
  fault(
    'transport-jsonrpc-id-mismatch',
    'answers with the id of another request',
    on(
      'mcp',
      when((inbound) => methodOf(inbound) === 'tools/list', member('id', 'another')),
    ),
  ),
  fault(
    'transport-accept-rejected',
    'refuses the Accept header that the specification asks for',
    on('mcp', when(isInitialize, all(status(406), text('Not Acceptable')))),
  ),
];

/** The answer of a server that does not like the token, and asks for what it always asks for. */
function refused(code: number, parameters: Readonly<Record<string, string>> = {}): Change {
  return ({ asks: { scope, ...pointer } = NOTHING }) => ({
    kind: code === 401 ? 'rejection' : 'step-up',
    status: code,
    headers: [
      ['content-type', 'application/json'],
      ['www-authenticate', `Bearer ${written({ ...pointer, ...parameters, scope })}`],
    ],
    body: '{}',
  });
}

const NOTHING = { scope: '', resource_metadata: '' };

function written(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
}

function hasBody(_: Inbound, { body }: Answer): boolean {
  return body !== undefined && body !== '';
}

function isNotification(inbound: Inbound): boolean {
  return methodOf(inbound)?.startsWith('notifications/') ?? false;
}
