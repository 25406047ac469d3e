import type { ClientProfile } from './profile.ts';

/** Claude Desktop, as a gateway in front of an authorization server logged it. */
export const claudeDesktop: ClientProfile = {
  id: 'claude-desktop',
  seen: 'registration captured at a gateway in 2025; clientInfo in 2026',
  registration: {
    client_name: 'Claude Desktop',
    client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  registersScope: true,
  callback: { host: 'localhost', path: '/callback' },
  clientInfo: { name: 'claude-ai', version: '0.1.0' },
};
