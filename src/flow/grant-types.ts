import type { GrantKind } from './options.ts';

/** What each grant is called at a token endpoint; the enterprise one ends in a JWT bearer grant too. */
export const GRANT_TYPES: Readonly<Record<GrantKind, string>> = {
  authorization_code: 'authorization_code',
  client_credentials: 'client_credentials',
  jwt_bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  enterprise: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  device_code: 'urn:ietf:params:oauth:grant-type:device_code',
};
