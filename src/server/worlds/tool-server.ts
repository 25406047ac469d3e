import { type AuthInfo, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { PROTOCOL_VERSIONS } from '../tools.ts';

/** One tool: takes a text or nothing, answers with what JSON can hold. */
export interface Tool {
  readonly name: string;
  readonly describe: string;
  readonly takes: 'text' | 'nothing';
  readonly run: (text: string, caller: AuthInfo) => unknown;
}

/** A fresh MCP server with these tools. */
export function createToolServer(
  name: string,
  tools: readonly Tool[],
  versions: readonly string[] = PROTOCOL_VERSIONS,
): McpServer {
  const server = new McpServer(
    { name, version: '1.0.0' },
    { supportedProtocolVersions: [...versions] },
  );
  for (const { name: toolName, describe: description, takes, run } of tools)
    server.registerTool(
      toolName,
      { description, inputSchema: z.object({ text: TEXTS[takes] }) },
      async ({ text }, { http }) => {
        // Behind the token check every request has its token.
        const result = await run(text ?? '', http?.authInfo as AuthInfo);
        return { content: [{ type: 'text', text: textOf(result) }] };
      },
    );
  return server;
}

const TEXTS = { text: z.string(), nothing: z.string().optional() } as const;

function textOf(result: unknown): string {
  return typeof result === 'string' ? result : JSON.stringify(result);
}
