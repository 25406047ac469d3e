import type { ServerMetadata } from '../oauth/documents.ts';
import type { AuthMethod, FlowOptions } from './options.ts';
import type { Client, Tools } from './step.ts';

/** The client the user brought. Without a registration answer the metadata says how it authenticates. */
export function preregisteredClient(
  metadata: ServerMetadata,
  redirectUri: string,
  { options, note }: Tools,
): Client {
  const { clientId = '', clientSecret } = options;
  note(clientId ? 'used the client id given; nothing was registered' : 'needs no client');
  return {
    id: clientId,
    ...(clientSecret !== undefined && { secret: clientSecret }),
    authMethod: options.tokenAuthMethod ?? methodFor(options, metadata),
    redirectUri,
    origin: 'given',
  };
}

/** `client_secret_basic` is what metadata without a word about it means (RFC 8414 section 2). */
function methodFor(
  { clientSecret, clientKey }: FlowOptions,
  { token_endpoint_auth_methods_supported: offered }: ServerMetadata,
): AuthMethod {
  if (clientKey) return 'private_key_jwt';
  if (clientSecret === undefined) return 'none';
  const methods = offered ?? ['client_secret_basic'];
  const usable = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const;
  return usable.find((method) => methods.includes(method)) ?? 'client_secret_basic';
}
