/** Wrong answers of the MCP server to requests that no well-behaved client sends. */
import { RPC_ERROR } from '../../spec/rpc-errors.ts';
import { headerValue } from '../../trace/headers.ts';
import type { Answer, Inbound } from '../answer.ts';
import { answered, challengeParameter, type Fault, on, probe, status, when } from './fault.ts';
import { hasErrorCode, isModern, rpcError, rpcResult } from './message.ts';

export const CALL_PROBE_FAULTS: readonly Fault[] = [
  probe('mcp-invalid-token-status', 'refuses a bad token with 403', on('rejection', status(403))),
  probe(
    'mcp-invalid-token-error-code',
    'does not say that a bad token is invalid',
    on(
      'rejection',
      challengeParameter('error', undefined),
      challengeParameter('error_description', undefined),
    ),
  ),
  probe(
    'mcp-bearer-scheme-case',
    'knows the Bearer scheme with a capital letter only',
    on(
      'mcp',
      when(
        ({ headers }) => headerValue(headers, 'authorization')?.startsWith('bearer') === true,
        answered(401, [['www-authenticate', 'Bearer error="invalid_token"']]),
      ),
    ),
  ),
  probe(
    'mcp-session-id-as-auth',
    'takes a session id for a proof of identity',
    on(
      'challenge',
      when(
        ({ headers, method }) => method === 'POST' && hasSession(headers),
        rpcResult({ tools: [] }),
      ),
    ),
  ),
  probe(
    'mcp-unauthenticated-stream',
    'opens its stream for whoever has no token',
    on(
      'challenge',
      when(
        ({ method }) => method === 'GET',
        answered(200, [['content-type', 'text/event-stream']], ': open\n\n'),
      ),
    ),
  ),
  probe(
    'transport-get-delete-status',
    'answers GET and DELETE as if it had no such path',
    on(['refusal', 'stream', 'mcp'], when(isOtherMethod, answered(404, [], ''))),
  ),
  probe(
    'transport-terminated-session',
    'answers 400 for a session that has ended',
    on(
      'mcp',
      when(({ headers }, answer) => answer.status === 404 && hasSession(headers), status(400)),
    ),
  ),
  probe(
    'transport-protocol-version-unchecked',
    'takes any protocol version',
    on(
      'mcp',
      when((inbound, answer) => answer.status === 400 && !isModern(inbound), rpcResult({})),
    ),
  ),
  probe(
    'modern-version-error',
    'does not say which revisions it speaks',
    on(
      'mcp',
      when(
        hasErrorCode(RPC_ERROR.unsupportedVersion),
        rpcError(RPC_ERROR.invalidRequest, 'Invalid request'),
      ),
    ),
  ),
  probe(
    'modern-header-validation',
    'takes headers that contradict the message',
    on('mcp', when(hasErrorCode(RPC_ERROR.headerMismatch), rpcResult({ resultType: 'complete' }))),
  ),
  probe(
    'modern-meta-validation',
    'takes a message without its metadata',
    on('mcp', when(hasErrorCode(RPC_ERROR.invalidParams), rpcResult({ resultType: 'complete' }))),
  ),
  probe(
    'modern-unknown-method',
    'answers an unknown method with 200',
    on('mcp', when(hasErrorCode(RPC_ERROR.methodNotFound), status(200))),
  ),
];

function hasSession(headers: Inbound['headers']): boolean {
  return headerValue(headers, 'mcp-session-id') !== undefined;
}

function isOtherMethod({ method }: Inbound, { asks }: Answer): boolean {
  return asks !== undefined && method !== 'POST';
}
