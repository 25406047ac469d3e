import { randomUUID } from 'node:crypto';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';

/** The MCP endpoint of the official v1 SDK with sessions, as its own examples wire it up. */
export function sessionfulMcp(): RequestHandler {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  return async (request: Request, response: Response) => {
    const known = transports.get(String(request.headers['mcp-session-id']));
    const transport = known ?? (await open(transports));
    await transport.handleRequest(request, response, request.body);
  };
}

async function open(
  transports: Map<string, StreamableHTTPServerTransport>,
): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  const server = createServer();
  // The SDK's transport type predates exactOptionalPropertyTypes.
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  return transport;
}

/** A server of the v1 SDK with one tool. */
export function createServer(): McpServer {
  const server = new McpServer({ name: 'interop', version: '1.0.0' });
  server.registerTool(
    'echo',
    { description: 'Says it again', inputSchema: { text: z.string() } },
    async ({ text }) => ({ content: [{ type: 'text', text }] }),
  );
  return server;
}
