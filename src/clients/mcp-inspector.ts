import type { ClientProfile } from './profile.ts';

/** MCP Inspector's Node runner. */
export const mcpInspector: ClientProfile = {
  id: 'mcp-inspector',
  seen: 'source of version 2.3.0, 2026-08-19',
  registration: {
    client_name: 'MCP Inspector',
    client_uri: 'https://github.com/modelcontextprotocol/inspector',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  registersScope: true,
  callback: { host: '127.0.0.1', path: '/oauth/callback' },
  clientInfo: { name: 'mcp-inspector', version: '2.3.0' },
};
