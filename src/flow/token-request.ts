import type * as Oauth from 'openid-client';
import { createFetch } from '../http/fetch.ts';
import { type Answer, HttpError } from '../http/http.ts';
import { readTokens, type Tokens } from '../oauth/documents.ts';
import { quoted } from '../oauth/quoted.ts';
import { isObject, parseJson } from '../trace/body.ts';
import { authentication } from './client-authentication.ts';
import type { DpopKeys } from './dpop-keys.ts';
import { refusedAnswer } from './refused-answer.ts';
import type { Facts, Tools } from './step.ts';

/** openid-client's view of this server and client, whose requests leave through the recorder. */
export interface OauthClient {
  readonly oauth: typeof Oauth;
  readonly configuration: Oauth.Configuration;
  /** The last answer that came, as recorded. */
  readonly lastAnswer: () => Answer | undefined;
}

/** Stands in the library for a client without an id, and is never sent. */
const UNNAMED = 'unnamed';

/** Sets openid-client up from what the steps found: it discovers and registers nothing itself. */
export async function oauthClient(
  { server, client }: Pick<Facts, 'server' | 'client'>,
  { http, options }: Tools,
): Promise<OauthClient> {
  const oauth = await import('openid-client');
  let last: Answer | undefined;
  const configuration = new oauth.Configuration(
    // Its types want mutable arrays; it only reads them.
    { ...server.metadata, issuer: server.issuer } as Oauth.ServerMetadata,
    client.id || UNNAMED,
    {},
    await authentication(oauth, client, options.clientKey),
  );
  configuration.timeout = 0;
  // Whether plain http is acceptable was decided when the metadata was read.
  oauth.allowInsecureRequests(configuration);
  configuration[oauth.customFetch] = createFetch(http, (answer) => {
    last = answer;
  });
  return { oauth, configuration, lastAnswer: () => last };
}

/**
 * Sends one token request. What openid-client refuses but a real client would take is judged from the
 * recorded bytes: a rule says what was wrong with it.
 * @throws {StepFailure} when no access token came.
 */
export async function requestTokens(
  { oauth, configuration, lastAnswer }: OauthClient,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
  tools: Tools,
  dpop?: DpopKeys,
): Promise<Tokens & { readonly access_token: string }> {
  const bound = dpop && { DPoP: oauth.getDPoPHandle(configuration, dpop.pair) };
  const refusal = await oauth
    .genericGrantRequest(configuration, grantType, { ...parameters }, bound)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return readAnswer(lastAnswer(), refusal, tools, dpop);
}

/** Waits until the user has approved on another device (RFC 8628 section 3.4). */
export async function pollForTokens(
  { oauth, configuration, lastAnswer }: OauthClient,
  device: Oauth.DeviceAuthorizationResponse,
  tools: Tools,
  dpop?: DpopKeys,
): Promise<Tokens & { readonly access_token: string }> {
  const bound = dpop && { DPoP: oauth.getDPoPHandle(configuration, dpop.pair) };
  const refusal = await oauth
    .pollDeviceAuthorizationGrant(configuration, device, undefined, {
      signal: tools.signal,
      ...bound,
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return readAnswer(lastAnswer(), refusal, tools, dpop);
}

function readAnswer(
  answer: Answer | undefined,
  refusal: unknown,
  tools: Tools,
  dpop: DpopKeys | undefined,
): Tokens & { readonly access_token: string } {
  const broken = httpErrorIn(refusal);
  if (broken || !answer) throw broken ?? refusal;
  const { value, problems } = readTokens(parseJson(answer.text));
  const { access_token } = value;
  const ok = answer.status >= 200 && answer.status < 300;
  if (!ok || !access_token)
    throw refusedAnswer('the token endpoint', answer, '200 with an access_token');
  for (const { message } of problems) tools.note(message);
  if (dpop && value.token_type?.toLowerCase() !== 'dpop')
    tools.note(
      `token_type is ${quoted(value.token_type)}, expected "DPoP": the token is not bound to the key`,
    );
  if (refusal instanceof Error)
    tools.note(`some clients stop here, this run goes on: ${strictReason(refusal)}`);
  return { ...value, access_token };
}

/** What openid-client disliked; its own message only says that it did. */
function strictReason({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  // The only JWT it reads in a token response; the access token is none of its business.
  return cause.message.replace(/\bJWT\b/, 'ID token') + algorithms(cause.cause);
}

/** The algorithm that an ID token is signed with, and those that were expected. */
function algorithms(evidence: unknown): string {
  const { header, expected } = isObject(evidence) ? evidence : {};
  return isObject(header) && expected !== undefined
    ? ` ${quoted(header.alg)}, expected ${quoted(expected)}`
    : '';
}

/** The failure of the request itself, where openid-client wrapped it. */
export function httpErrorIn(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  return error instanceof Error && error.cause instanceof HttpError ? error.cause : undefined;
}
