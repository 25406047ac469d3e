import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
import * as z from 'zod';

/** The MCP endpoint of the official v2 SDK, behind express; `legacy` says what older clients get. */
export function modernMcp(legacy: 'stateless' | 'reject'): RequestHandler {
  const handler = createMcpHandler(createServer, { legacy });
  return async ({ method, url, headers, body }, response) => {
    const given = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    const text = JSON.stringify(body);
    const request = new Request(new URL(url, 'http://127.0.0.1'), {
      method,
      headers: given
        .filter(([name]) => !HOP_BY_HOP.has(name))
        .map(([name, value]) => [name, value]),
      ...(method === 'POST' && { body: text }),
    });
    const answer = await handler.fetch(request);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  };
}

const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'content-length', 'host']);

function createServer(): McpServer {
  const server = new McpServer({ name: 'interop', version: '2.0.0' });
  server.registerTool(
    'echo',
    { description: 'Says it again', inputSchema: z.object({ text: z.string() }) },
    ({ text }) => ({ content: [{ type: 'text', text }] }),
  );
  return server;
}
