/** Deviations of the MCP endpoint once a token was sent, whatever the revision. */
import type { Answer, Inbound } from '../answer.ts';
import {
  all,
  type Change,
  challengeParameter,
  type Fault,
  fault,
  header,
  jsonBody,
  on,
  status,
  text,
  when,
} from './fault.ts';
import { methodOf } from './message.ts';

export const CALL_FAULTS: readonly Fault[] = [
  fault(
    'mcp-fresh-token-rejected',
    'refuses tokens it was just given',
    on('mcp', refused(401, 'error="invalid_token", scope="mcp:tools"')),
  ),
  fault(
    'mcp-scope-contradiction',
    'asks for scopes the token has',
    on('mcp', refused(403, 'error="insufficient_scope", scope="mcp:tools"')),
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
          ({ method, url }) => method === 'GET' && url.pathname === '/mcp',
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
];

/** The answer of a server that does not like the token. */
function refused(code: number, parameters: string): Change {
  return (_, { url }) => ({
    kind: code === 401 ? 'rejection' : 'step-up',
    status: code,
    headers: [
      ['content-type', 'application/json'],
      [
        'www-authenticate',
        `Bearer resource_metadata="${url.origin}/.well-known/oauth-protected-resource/mcp", ${parameters}`,
      ],
    ],
    body: '{}',
  });
}

function hasBody(_: Inbound, { body }: Answer): boolean {
  return body !== undefined && body !== '';
}

function isNotification(inbound: Inbound): boolean {
  return methodOf(inbound)?.startsWith('notifications/') ?? false;
}
