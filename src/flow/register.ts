import type { Answer } from '../http/http.ts';
import { readOAuthError, readRegistration } from '../oauth/documents.ts';
import { quoted } from '../oauth/quoted.ts';
import { parseJson } from '../trace/body.ts';
import type { Header } from '../trace/schema.ts';
import { GRANT_TYPES } from './grant-types.ts';
import type { AuthMethod } from './options.ts';
import { obey } from './registered.ts';
import { requestedScope } from './requested-scope.ts';
import { switches } from './revision.ts';
import { type Client, type Facts, StepFailure, type Tools } from './step.ts';
import { describeAnswer } from './text.ts';

const ASKED_FOR: readonly AuthMethod[] = ['none', 'client_secret_basic', 'client_secret_post'];

/** A registration request; its redirect is the one this run listens on. */
export interface Wanted {
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
        `tried again as ${quoted(wanted.application_type ?? 'no type')}, ${wanted.redirect_uris[0]}`,
      );
    const answer = await send(endpoint, wanted, tools);
    const { value } = readRegistration(parseJson(answer.text));
    const { client_id: id } = value;
    if (answer.status >= 200 && answer.status < 300 && id)
      return await obey(value, id, wanted, facts.server.metadata, tools);
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
      : (ASKED_FOR.find((known) => offered.includes(known)) ?? usual);
  return {
    ...profile.registration,
    ...(options.grant === 'device_code' && {
      grant_types: [...profile.registration.grant_types, GRANT_TYPES.device_code],
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
    ? `${answer.status} ${quoted(error)}${description ? `: ${quoted(description)}` : ''}`
    : describeAnswer(answer);
  const closed = answer.status === 401 || answer.status === 403;
  return new StepFailure(
    `the registration was answered with ${seen}, expected 201 with a client_id` +
      (closed
        ? '; registration is closed: pass --client-id with a registered client, or --registration-token'
        : ''),
  );
}
