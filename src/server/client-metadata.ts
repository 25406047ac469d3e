import * as z from 'zod';
import { AUTH_METHODS, type ClientMetadata, GRANT_TYPES } from './clients.ts';
import { redirectUriProblem } from './redirect-uri.ts';
import { scopeMeanings, scopesOf } from './scopes.ts';

/** What came of reading client metadata. */
export type MetadataReading =
  | { readonly metadata: ClientMetadata }
  | {
      readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata';
      readonly description: string;
    };

const schema = z.object({
  redirect_uris: z.array(z.string()).default([]),
  grant_types: z.array(z.string()).default(['authorization_code']),
  response_types: z.array(z.string()).default(['code']),
  token_endpoint_auth_method: z.enum(AUTH_METHODS).default('client_secret_basic'),
  application_type: z.enum(['native', 'web']).optional(),
  client_name: z.string().max(200).optional(),
  client_uri: z.url({ protocol: /^https?$/ }).optional(),
  scope: z.string().optional(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) }).optional(),
  jwks_uri: z.url({ protocol: /^https?$/ }).optional(),
});

/**
 * Reads what a client says of itself. What is unknown is left out, as RFC 7591 section 2 asks; a
 * grant or scope that is not offered is dropped, and the answer shows it.
 */
export function readClientMetadata(
  document: unknown,
  realm: Parameters<typeof scopeMeanings>[0] = {},
): MetadataReading {
  const parsed = schema.safeParse(document);
  if (!parsed.success) return invalid(describe(parsed.error));
  const { scope, ...given } = parsed.data;
  const grants = given.grant_types.filter((grant) => GRANT_TYPES.includes(grant));
  const problem = redirectProblem(given.redirect_uris, given.application_type);
  if (problem) return { error: 'invalid_redirect_uri', description: problem };
  if (grants.length === 0) return invalid('none of the grant_types is offered');
  if (grants.includes('authorization_code') && given.redirect_uris.length === 0)
    return { error: 'invalid_redirect_uri', description: 'redirect_uris is empty' };
  if (given.response_types.some((type) => type !== 'code'))
    return invalid('the only response type offered is code');
  if (given.token_endpoint_auth_method === 'private_key_jwt' && !given.jwks && !given.jwks_uri)
    return invalid('private_key_jwt needs jwks or jwks_uri');
  if (grants.includes('client_credentials') && given.token_endpoint_auth_method === 'none')
    return invalid('client_credentials needs a client that authenticates');
  const known = scopesOf(scope).filter((name) => Object.hasOwn(scopeMeanings(realm), name));
  return {
    metadata: {
      ...given,
      grant_types: grants,
      ...(known.length > 0 && { scope: known.join(' ') }),
    },
  };
}

function redirectProblem(
  uris: readonly string[],
  applicationType: string | undefined,
): string | undefined {
  for (const uri of uris) {
    const problem = redirectUriProblem(uri, applicationType);
    if (problem) return `a redirect URI ${problem}`;
  }
  return undefined;
}

function invalid(description: string): MetadataReading {
  return { error: 'invalid_client_metadata', description };
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue?.path.length
    ? `${issue.path.join('.')} is not valid`
    : 'the metadata is not a JSON object';
}
