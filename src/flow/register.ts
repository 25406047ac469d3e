import type { Answer } from '../http/http.ts';
import { type Registration, readOAuthError, readRegistration } from '../oauth/documents.ts';
import { parseScope } from '../oauth/scope.ts';
import { parseJson } from '../trace/body.ts';
import type { Header } from '../trace/schema.ts';
import type { AuthMethod } from './options.ts';
import { requestedScope } from './requested-scope.ts';
import { switches } from './revision.ts';
import { type Client, type Facts, StepFailure, type Tools } from './step.ts';
import { describeAnswer, quote } from './text.ts';

const AUTH_METHODS: readonly AuthMethod[] = ['none', 'client_secret_basic', 'client_secret_post'];

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** A registration request; its redirect is the one this run listens on. */
interface Wanted {
  readonly [member: string]: unknown;
  readonly redirect_uris: readonly [string];
  readonly token_endpoint_auth_method: string;
}

/**
 * Registers the client, and obeys what the answer says. A refusal that names the redirect is answered
 * with another application type, then another spelling of the loopback host: some servers take only one.
 * @throws {StepFailure} when every attempt was refused
 */
export async function register(
  facts: Pick<Facts, 'server'> & Partial<Facts>,
  endpoint: string,
  redirectUri: string,
  tools: Tools,
): Promise<Client> {
  let refused: Answer | undefined;
  for (const wanted of attempts(registrationRequest(facts, redirectUri, tools))) {
    if (refused)
      tools.note(
        `tried again as ${quote(wanted.application_type ?? 'no type')}, ${wanted.redirect_uris[0]}`,
      );
    const answer = await send(endpoint, wanted, tools);
    const { value } = readRegistration(parseJson(answer.text));
    const accepted = answer.status >= 200 && answer.status < 300 && value.client_id !== undefined;
    if (accepted) return await obey(value, value.client_id ?? '', wanted, tools);
    refused ??= answer;
    if (!isAboutRedirect(answer)) break;
  }
  // The first refusal tells what a real client would see.
  throw failureOf(refused);
}

function registrationRequest(
  facts: Partial<Facts> & Pick<Facts, 'server'>,
  redirectUri: string,
  { options }: Tools,
): Wanted {
  const { profile } = options;
  const scope = profile.registersScope ? requestedScope(facts, options) : undefined;
  const offered = facts.server.metadata.token_endpoint_auth_methods_supported ?? [];
  const usual = profile.registration.token_endpoint_auth_method;
  const usable =
    offered.length === 0 || offered.includes(usual)
      ? usual
      : (AUTH_METHODS.find((known) => offered.includes(known)) ?? usual);
  return {
    ...profile.registration,
    ...(options.grant === 'device_code' && {
      grant_types: [...profile.registration.grant_types, DEVICE_CODE],
    }),
    ...(switches(options).applicationType && { application_type: 'native' }),
    redirect_uris: [redirectUri],
    ...(scope !== undefined && { scope }),
    token_endpoint_auth_method: options.tokenAuthMethod ?? usable,
  };
}

/** The request, and how it may be put differently; a loopback redirect is never a web client's. */
function attempts(wanted: Wanted): readonly Wanted[] {
  const native = { ...wanted, application_type: 'native' };
  const [uri] = wanted.redirect_uris;
  const other = uri.includes('//localhost:')
    ? uri.replace('//localhost:', '//127.0.0.1:')
    : uri.replace('//127.0.0.1:', '//localhost:');
  return [
    wanted,
    ...(wanted.application_type === 'native' ? [] : [native]),
    ...(other === uri ? [] : [{ ...native, redirect_uris: [other] as const }]),
  ];
}

async function send(endpoint: string, wanted: Wanted, { http, options }: Tools): Promise<Answer> {
  const { registrationToken: token } = options;
  const authorization: readonly Header[] =
    token === undefined ? [] : [['authorization', `Bearer ${token}`]];
  return await http.send({
    method: 'POST',
    url: endpoint,
    headers: [
      ['content-type', 'application/json'],
      ['accept', 'application/json'],
      ...authorization,
    ],
    body: JSON.stringify(wanted),
  });
}

function isAboutRedirect({ status, text }: Answer): boolean {
  const { error, error_description: description = '' } = readOAuthError(parseJson(text)).value;
  return (
    status === 400 &&
    (error === 'invalid_redirect_uri' || /redirect|loopback|localhost|https/i.test(description))
  );
}

function failureOf(answer: Answer | undefined): StepFailure {
  if (!answer) return new StepFailure('no registration was attempted');
  const { error, error_description: description } = readOAuthError(parseJson(answer.text)).value;
  const seen = error
    ? `${answer.status} ${quote(error)}${description ? `: ${quote(description)}` : ''}`
    : describeAnswer(answer);
  const closed = answer.status === 401 || answer.status === 403;
  return new StepFailure(
    `the registration was answered with ${seen}, expected 201 with a client_id` +
      (closed
        ? '; registration is closed: pass --client-id with a registered client, or --registration-token'
        : ''),
  );
}

/** The answer, not the request, says what was registered (RFC 7591 section 3.2.1). */
async function obey(
  answer: Registration,
  id: string,
  wanted: Wanted,
  tools: Tools,
): Promise<Client> {
  const asked = wanted.token_endpoint_auth_method;
  const method = answer.token_endpoint_auth_method ?? asked;
  if (method !== asked)
    tools.note(`token_endpoint_auth_method is ${quote(method)}, ${quote(asked)} was asked for`);
  if (answer.grant_types && !answer.grant_types.includes('refresh_token'))
    tools.note('the refresh_token grant was dropped');
  noteNarrowerScope(answer.scope, wanted.scope, tools);
  const { registration_client_uri: uri, registration_access_token: token } = answer;
  return {
    id,
    ...(answer.client_secret !== undefined && { secret: answer.client_secret }),
    authMethod: tools.options.tokenAuthMethod ?? knownMethod(method, tools),
    ...(answer.scope !== undefined && { scope: answer.scope }),
    redirectUri: await agreedRedirect(answer, wanted.redirect_uris[0], tools),
    origin: 'registered',
    ...(uri && token && { management: { uri, token } }),
  };
}

function knownMethod(method: string, tools: Tools): AuthMethod {
  const known = [...AUTH_METHODS, 'client_secret_jwt', 'private_key_jwt'] as const;
  const found = known.find((candidate) => candidate === method);
  if (!found) tools.note(`the method ${quote(method)} is not one this client can use`);
  return found ?? 'none';
}

function noteNarrowerScope(granted: string | undefined, wanted: unknown, tools: Tools): void {
  if (granted === undefined || typeof wanted !== 'string') return;
  const registered = parseScope(granted);
  const missing = [...parseScope(wanted)].filter((scope) => !registered.has(scope));
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
