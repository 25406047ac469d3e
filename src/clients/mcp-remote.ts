import type { ClientProfile } from './profile.ts';

/** mcp-remote, the bridge that many configurations put between a client and a remote server. */
export const mcpRemote: ClientProfile = {
  id: 'mcp-remote',
  seen: 'source of version 0.1.43, 2026-08-21',
  registration: {
    client_name: 'MCP CLI Proxy',
    client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
    software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  registersScope: true,
  callback: { host: 'localhost', path: '/oauth/callback' },
  clientInfo: { name: 'mcp-remote-fallback-test', version: '0.0.0' },
};
