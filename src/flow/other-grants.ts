import type { ServerMetadata } from '../oauth/documents.ts';
import { quoted } from '../oauth/quoted.ts';
import { GRANT_TYPES } from './grant-types.ts';
import type { EnterpriseOptions, GrantKind } from './options.ts';
import { refusedAnswer } from './refused-answer.ts';
import { requestedResource } from './requested-resource.ts';
import { requestedScope } from './requested-scope.ts';
import { type Facts, type Grant, StepFailure, type Tools } from './step.ts';
import { httpErrorIn, oauthClient, requestTokens } from './token-request.ts';

const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** What a grant that needs no browser asks for a token with; undefined for the code grant. */
export async function grantWithoutBrowser(
  facts: Pick<Facts, 'server' | 'client'> & Partial<Facts>,
  tools: Tools,
): Promise<Grant | undefined> {
  const { grant = 'authorization_code', assertion, enterprise } = tools.options;
  if (grant === 'authorization_code') return undefined;
  noteUnoffered(grant, facts.server.metadata, tools);
  if (grant === 'device_code') return await startDevice(facts, tools);
  tools.note('no user takes part in this grant');
  if (grant === 'client_credentials') return { kind: 'client-credentials' };
  if (grant === 'jwt_bearer' && assertion !== undefined) return { kind: 'assertion', assertion };
  if (grant === 'enterprise' && enterprise) return await exchange(facts, enterprise, tools);
  throw new StepFailure(`the grant ${grant} lacks its assertion`);
}

/** Servers take grants that they do not list: it is tried, and a refusal is then no surprise. */
function noteUnoffered(
  grant: GrantKind,
  { grant_types_supported: offered }: ServerMetadata,
  { note }: Tools,
): void {
  const type = GRANT_TYPES[grant];
  if (offered && !offered.includes(type))
    note(`grant_types_supported is ${quoted(offered)}, expected ${quoted(type)} among them`);
}

/**
 * Has the company's identity provider exchange an ID token for an assertion that is good at this
 * authorization server and for this resource alone.
 * @see https://www.rfc-editor.org/rfc/rfc8693#section-2.1
 */
async function exchange(
  { server, resource }: Pick<Facts, 'server'> & Partial<Facts>,
  { idToken, tokenEndpoint, clientId, clientSecret }: EnterpriseOptions,
  tools: Tools,
): Promise<Grant> {
  const provider: Pick<Facts, 'server' | 'client'> = {
    server: {
      issuer: new URL(tokenEndpoint).origin,
      metadata: { token_endpoint: tokenEndpoint },
      published: false,
    },
    client: {
      id: clientId,
      ...(clientSecret !== undefined && { secret: clientSecret }),
      authMethod: clientSecret === undefined ? 'none' : 'client_secret_basic',
      redirectUri: '',
      origin: 'given',
    },
  };
  const issued = await requestTokens(
    await oauthClient(provider, tools),
    TOKEN_EXCHANGE,
    {
      requested_token_type: ID_JAG,
      subject_token: idToken,
      subject_token_type: ID_TOKEN,
      audience: server.issuer,
      ...(resource && { resource: resource.identifier }),
    },
    tools,
  );
  return { kind: 'assertion', assertion: issued.access_token };
}

/** Starts a device authorization and tells the user where to approve (RFC 8628 section 3.1). */
async function startDevice(
  facts: Pick<Facts, 'server' | 'client'> & Partial<Facts>,
  tools: Tools,
): Promise<Grant> {
  if (facts.server.metadata.device_authorization_endpoint === undefined)
    throw new StepFailure('the metadata names no device_authorization_endpoint, expected one');
  const { oauth, configuration, lastAnswer } = await oauthClient(facts, tools);
  const scope = requestedScope(facts, tools.options);
  const device = await oauth
    .initiateDeviceAuthorization(configuration, {
      ...(scope !== undefined && { scope }),
      ...requestedResource(facts, tools.options),
    })
    .catch((error: unknown) => {
      const answer = lastAnswer();
      throw answer
        ? refusedAnswer('the device authorization endpoint', answer, '200 with a device_code')
        : (httpErrorIn(error) ?? error);
    });
  tools.say(`Open ${device.verification_uri} on any device and enter the code ${device.user_code}`);
  return { kind: 'device', device };
}
