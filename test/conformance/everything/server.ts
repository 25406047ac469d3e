import { McpServer } from '@modelcontextprotocol/server';
import { PROTOCOL_VERSIONS } from '../../../src/server/tools.ts';
import { offerAsking } from './asking.ts';
import { offerContent } from './content.ts';
import { offerDocuments } from './documents.ts';
import { offerInputRequired, states } from './input-required.ts';

/** A server with the tools, resources and prompts that the suite names, to put behind the reference server's door. */
export function createEverything(): McpServer {
  const server = new McpServer(
    { name: 'everything', version: '1.0.0' },
    {
      supportedProtocolVersions: [...PROTOCOL_VERSIONS],
      capabilities: {
        logging: {},
        tools: { listChanged: false },
        prompts: { listChanged: false },
        resources: { subscribe: true },
      },
      requestState: { verify: states.verify },
    },
  );
  offerContent(server);
  offerAsking(server);
  offerDocuments(server);
  offerInputRequired(server);
  return server;
}
