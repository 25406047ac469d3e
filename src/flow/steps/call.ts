import { mcp, rfc6750 } from '../../spec/references.ts';
import { converse } from '../converse.ts';
import { defineStep } from '../step.ts';

/** Uses the token: the handshake, the list of tools, the tool the user named. */
export const call = defineStep({
  id: 'call',
  title: 'Call the MCP server with the token',
  spec: [mcp('2025-11-25', 'basic/authorization#access-token-usage'), rfc6750('2.1')],
  needs: ['tokens'],
  async run({ tokens }, tools) {
    const { revision, tools: names } = await converse(tokens.access_token, tools, {
      callsTool: true,
    });
    tools.note(`speaks ${revision}; ${names.length} tools listed`);
    return { revision };
  },
});
