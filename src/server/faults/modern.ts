/** Deviations from the newest revision alone. */
import { RPC_ERROR } from '../../spec/rpc-errors.ts';
import { isObject } from '../../trace/body.ts';
import { all, type Fault, fault, header, on, status, when } from './fault.ts';
import { isModern, methodOf, modernResult, rpcError } from './message.ts';

const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

export const MODERN_FAULTS: readonly Fault[] = [
  fault(
    'modern-discover-missing',
    'does not know server/discover',
    on(
      'mcp',
      when(
        (inbound) => methodOf(inbound) === 'server/discover',
        all(status(404), rpcError(RPC_ERROR.methodNotFound, 'Method not found')),
      ),
    ),
  ),
  fault(
    'modern-result-type-missing',
    'leaves resultType out of its results',
    modernResult((result) => ({ ...result, resultType: undefined })),
  ),
  fault(
    'modern-cache-hints-invalid',
    'does not say how long its list of tools may be kept',
    modernResult((result) => ({ ...result, ttlMs: undefined }), 'tools/list'),
  ),
  fault(
    'modern-server-info-missing',
    'does not say which server answered',
    modernResult((result) => ({
      ...result,
      _meta: { ...(isObject(result._meta) && result._meta), [SERVER_INFO]: undefined },
    })),
  ),
  fault(
    'modern-session-id-minted',
    'gives out session ids',
    on('mcp', when(isModern, header('mcp-session-id', 'a-session-that-nobody-needs'))),
  ),
  fault(
    'modern-server-initiated-request',
    'sends a request of its own on the stream of an answer',
    on(
      'mcp',
      when(
        (inbound) => isModern(inbound) && methodOf(inbound) === 'tools/list',
        ({ body = '', ...answer }) => ({
          ...answer,
          headers: [['content-type', 'text/event-stream']],
          body: event(PING) + (body.startsWith('{') ? event(body) : body),
        }),
      ),
    ),
  ),
  fault(
    'modern-reserved-error-code',
    'answers with an error code that nobody defined',
    on(
      'mcp',
      when(
        (inbound) => isModern(inbound) && methodOf(inbound) === 'tools/call',
        all(status(400), rpcError(-32099, 'Out of order')),
      ),
    ),
  ),
  fault(
    'modern-x-mcp-header-invalid',
    'maps a list of values to a header',
    modernResult(
      (result) => ({
        ...result,
        tools: [
          ...[result.tools].flat(),
          {
            name: 'search',
            inputSchema: {
              type: 'object',
              properties: { words: { type: 'array', 'x-mcp-header': 'Words' } },
            },
          },
        ],
      }),
      'tools/list',
    ),
  ),
];

const PING = JSON.stringify({ jsonrpc: '2.0', id: 'server-1', method: 'ping' });

function event(message: string): string {
  return `event: message\ndata: ${message}\n\n`;
}
