import { type AuthInfo, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { BASE_SCOPE, STOCKS_SCOPE } from './scopes.ts';

/** The scopes of tools that need more than the endpoint itself. */
export const TOOL_SCOPES: Readonly<Record<string, readonly string[]>> = {
  list_stocks: [BASE_SCOPE, STOCKS_SCOPE],
};

const STOCKS = [
  { symbol: 'ACME', name: 'Acme Corporation', price: 450.22 },
  { symbol: 'GLOB', name: 'Globex', price: 250.62 },
  { symbol: 'INIT', name: 'Initech', price: 21.07 },
] as const;

/** A fresh MCP server with the three tools, for one session or one request. */
export function createToolServer(): McpServer {
  const server = new McpServer(
    { name: 'reference-server', version: '1.0.0' },
    { supportedProtocolVersions: [...PROTOCOL_VERSIONS] },
  );
  server.registerTool(
    'echo',
    { description: 'Returns its text.', inputSchema: z.object({ text: z.string() }) },
    ({ text }) => textResult(text),
  );
  server.registerTool('list_stocks', { description: 'Lists the stocks of the user.' }, () =>
    textResult(JSON.stringify(STOCKS)),
  );
  server.registerTool('whoami', { description: 'Says whose token this is.' }, ({ http }) =>
    textResult(JSON.stringify(callerOf(http?.authInfo))),
  );
  return server;
}

/** The revisions spoken, the newest legacy one first: it is what an unknown version is answered with. */
export const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2026-07-28'] as const;

function textResult(text: string): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text }] };
}

/** In the words of the token; the request's, which in a session may be newer than the first one's. */
function callerOf(authInfo: AuthInfo | undefined): Readonly<Record<string, unknown>> {
  return {
    sub: authInfo?.extra?.subject,
    client_id: authInfo?.clientId,
    scope: authInfo?.scopes.join(' '),
  };
}
