import type { Command } from 'commander';
import type { AuthMethod, GrantKind } from '../flow/options.ts';
import { choice } from './option-values.ts';

/** Who the client is and how it obtains a token, as parsed from the command line. */
export interface GrantOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly clientKey?: string;
  readonly clientKeyAlg?: string;
  readonly tokenAuthMethod?: AuthMethod;
  readonly clientMetadataUrl?: string;
  readonly registrationToken?: string;
  readonly clientCache?: string;
  readonly grant?: GrantKind;
  readonly assertion?: string;
  readonly idToken?: string;
  readonly idpTokenEndpoint?: string;
  readonly idpClientId?: string;
  readonly idpClientSecret?: string;
  readonly dpop?: boolean;
}

const GRANTS: readonly GrantKind[] = [
  'authorization_code',
  'client_credentials',
  'device_code',
  'jwt_bearer',
  'enterprise',
];

const AUTH_METHODS: readonly AuthMethod[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
];

/** Gives a command the options that say who the client is and how it obtains a token. */
export function addGrantOptions(command: Command): void {
  command
    .optionsGroup('Identity and grant:')
    .option('--client-id <id>', 'use a client registered beforehand')
    .option('--client-secret <secret>', 'its secret')
    .option('--client-key <file>', 'its private key (PEM or JWK): it signs who it is')
    .option('--client-key-alg <algorithm>', 'what to sign with; told from the key by default')
    .addOption(choice('--token-auth-method <method>', 'authenticate this way', AUTH_METHODS))
    .option('--client-metadata-url <url>', 'be the client that this document describes')
    .option('--registration-token <token>', 'the initial access token of a closed registration')
    .option('--client-cache <file>', 'keep the registered client here, and use it again')
    .addOption(
      choice('--grant <grant>', 'how to obtain the token', GRANTS).default('authorization_code'),
    )
    .option('--assertion <file>', 'the JWT of the jwt_bearer grant')
    .option('--id-token <file>', 'the ID token that the enterprise grant exchanges')
    .option('--idp-token-endpoint <url>', 'where it is exchanged')
    .option('--idp-client-id <id>', 'the client there')
    .option('--idp-client-secret <secret>', 'its secret')
    .option('--dpop', 'bind the tokens to a key of this run');
}
