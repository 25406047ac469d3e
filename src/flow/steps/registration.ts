import type { Answer } from '../../http/http.ts';
import {
  type Registration,
  readOAuthError,
  readRegistration,
  type ServerMetadata,
} from '../../oauth/documents.ts';
import { parseScope } from '../../oauth/scope.ts';
import { rfc7591, rfc8252 } from '../../spec/references.ts';
import { parseJson } from '../../trace/body.ts';
import type { AuthMethod } from '../options.ts';
import { requestedScope } from '../requested-scope.ts';
import { switches } from '../revision.ts';
import { type Client, defineStep, type Facts, StepFailure, type Tools } from '../step.ts';
import { describeAnswer, quote } from '../text.ts';

const AUTH_METHODS: readonly AuthMethod[] = ['none', 'client_secret_basic', 'client_secret_post'];

/** Obtains an identity: the one the user brought, else dynamic registration. */
export const registration = defineStep({
  id: 'registration',
  title: 'Register the client',
  spec: [rfc7591('3.1'), rfc7591('3.2'), rfc8252('7.3')],
  needs: ['server'],
  async run(facts, tools) {
    const { redirectUri } = await tools.loopback();
    if (tools.options.clientId !== undefined)
      return { client: preregistered(facts.server.metadata, redirectUri, tools) };
    return { client: await register(facts, redirectUri, tools) };
  },
});

function preregistered(
  metadata: ServerMetadata,
  redirectUri: string,
  { options, note }: Tools,
): Client {
  note('used the client id given; nothing was registered');
  return {
    id: options.clientId ?? '',
    ...(options.clientSecret !== undefined && { secret: options.clientSecret }),
    authMethod: options.tokenAuthMethod ?? methodFor(options.clientSecret, metadata),
    redirectUri,
  };
}

/** Without a registration answer the metadata decides; `client_secret_basic` is its default (RFC 8414 section 2). */
function methodFor(secret: string | undefined, metadata: ServerMetadata): AuthMethod {
  if (secret === undefined) return 'none';
  const offered = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return offered.includes('client_secret_basic') || !offered.includes('client_secret_post')
    ? 'client_secret_basic'
    : 'client_secret_post';
}

async function register(
  facts: Pick<Facts, 'server'> & Partial<Facts>,
  redirectUri: string,
  tools: Tools,
): Promise<Client> {
  const { metadata } = facts.server;
  const endpoint = metadata.registration_endpoint;
  if (endpoint === undefined)
    throw new StepFailure(
      'the metadata names no registration_endpoint and no client id was given; ' +
        'pass --client-id with the id of a client registered at the authorization server',
    );
  const wanted = registrationRequest(facts, redirectUri, tools);
  const answer = await tools.http.send({
    method: 'POST',
    url: endpoint,
    headers: [
      ['content-type', 'application/json'],
      ['accept', 'application/json'],
    ],
    body: JSON.stringify(wanted),
  });
  const { value } = readRegistration(parseJson(answer.text));
  if (answer.status < 200 || answer.status > 299 || value.client_id === undefined)
    throw refusedRegistration(answer);
  return obey(value, value.client_id, wanted.token_endpoint_auth_method, redirectUri, tools);
}

function registrationRequest(
  facts: Partial<Facts> & Pick<Facts, 'server'>,
  redirectUri: string,
  { options }: Tools,
): Record<string, unknown> & { readonly token_endpoint_auth_method: string } {
  const { profile } = options;
  const scope = profile.registersScope ? requestedScope(facts, options) : undefined;
  const offered = facts.server.metadata.token_endpoint_auth_methods_supported ?? [];
  const wanted = profile.registration.token_endpoint_auth_method;
  const method =
    options.tokenAuthMethod ??
    (offered.length === 0 || offered.includes(wanted)
      ? wanted
      : (AUTH_METHODS.find((known) => offered.includes(known)) ?? wanted));
  return {
    ...profile.registration,
    ...(switches(options).applicationType && { application_type: 'native' }),
    redirect_uris: [redirectUri],
    ...(scope !== undefined && { scope }),
    token_endpoint_auth_method: method,
  };
}

function refusedRegistration(answer: Answer): StepFailure {
  const { value } = readOAuthError(parseJson(answer.text));
  const error = value.error
    ? ` ${quote(value.error)}${value.error_description ? `: ${quote(value.error_description)}` : ''}`
    : '';
  const seen = error ? `${answer.status}${error}` : describeAnswer(answer);
  const closed = answer.status === 401 || answer.status === 403;
  return new StepFailure(
    `the registration was answered with ${seen}, expected 201 with a client_id` +
      (closed ? '; registration is closed: pass --client-id with a registered client' : ''),
  );
}

/** The answer, not the request, says what was registered (RFC 7591 section 3.2.1). */
async function obey(
  answer: Registration,
  id: string,
  asked: string,
  redirectUri: string,
  tools: Tools,
): Promise<Client> {
  const method = answer.token_endpoint_auth_method ?? asked;
  if (method !== asked)
    tools.note(`token_endpoint_auth_method is ${quote(method)}, ${quote(asked)} was asked for`);
  const granted = answer.grant_types;
  if (granted && !granted.includes('refresh_token'))
    tools.note('the refresh_token grant was dropped');
  if (answer.scope !== undefined) noteNarrowerScope(answer.scope, tools);
  const known = AUTH_METHODS.find((candidate) => candidate === method);
  if (!known && !tools.options.tokenAuthMethod)
    tools.note(`the method ${quote(method)} is not one this client can use`);
  const { registration_client_uri: uri, registration_access_token: token } = answer;
  return {
    id,
    ...(answer.client_secret !== undefined && { secret: answer.client_secret }),
    authMethod: tools.options.tokenAuthMethod ?? known ?? 'none',
    ...(answer.scope !== undefined && { scope: answer.scope }),
    redirectUri: await agreedRedirect(answer, redirectUri, tools),
    ...(uri && token && { management: { uri, token } }),
  };
}

function noteNarrowerScope(scope: string, tools: Tools): void {
  const granted = parseScope(scope);
  const wanted = parseScope(tools.options.scope);
  const missing = [...wanted].filter((item) => !granted.has(item));
  if (missing.length > 0)
    tools.note(`the registration leaves out scope ${quote(missing.join(' '))}`);
}

/** A changed loopback redirect is listened on where that is possible. */
async function agreedRedirect(
  { redirect_uris: registered }: Registration,
  redirectUri: string,
  tools: Tools,
): Promise<string> {
  if (!registered || registered.includes(redirectUri)) return redirectUri;
  tools.note(`redirect_uris is ${quote(registered)}, expected ${quote(redirectUri)} among them`);
  const loopback = registered.find((uri) =>
    /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(uri),
  );
  if (!loopback || !URL.canParse(loopback)) return redirectUri;
  const { port, pathname } = new URL(loopback);
  const moved = await tools
    .loopback({ port: Number(port), path: pathname })
    .catch((error: Error) => tools.note(error.message));
  return moved ? moved.redirectUri : redirectUri;
}
