import type { ClientProfile } from './profile.ts';

/** Claude Code, whose recorded registration carries the name of the configured server. */
export const claudeCode: ClientProfile = {
  id: 'claude-code',
  seen: 'registration recorded from version 2.1.220 on 2026-07-29; later builds add application_type',
  registration: {
    client_name: 'Claude Code (server)',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  registersScope: true,
  callback: { host: 'localhost', path: '/callback' },
  clientInfo: { name: 'claude-code', version: '2.1.237' },
};
