import { isObject, parseJson } from '../../../trace/body.ts';
import { createExpiring } from '../../expiring.ts';
import { randomToken, s256 } from '../../random.ts';
import { withParameters } from '../../redirect-uri.ts';
import type { TokenCheck } from '../../resource.ts';
import type { Host } from '../network.ts';
import { basic, createRemoteTokens } from '../remote-tokens.ts';

/** How a server is known at the OpenID provider it sends its users to. */
export interface UpstreamClient {
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  /** The API that the tokens are for. */
  readonly resource: string;
  readonly now: () => number;
}

/** Tokens of the provider: never handed on to a client. */
export interface UpstreamTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Who logged in at the provider, and what for. */
export interface Login {
  readonly subject: string;
  readonly tokens: UpstreamTokens;
}

/** The way to the provider and back. @see OpenID Connect Core section 3.1 */
export interface Upstream {
  /** Where to send the user; `state` brings the answer back to what it is for. */
  readonly start: (scopes: readonly string[]) => { readonly url: string; readonly state: string };
  /** What the answer at the redirect URI came to; a string says why it is none. */
  readonly finish: (answer: URLSearchParams) => Promise<Login | string>;
  /** Fresh tokens in place of these. */
  readonly refresh: (tokens: UpstreamTokens) => Promise<UpstreamTokens | string>;
}

/** A user may take that long to log in. */
const LOGIN_SECONDS = 600;

/** A confidential client of the provider, with PKCE all the same. */
export function createUpstream(host: Host, client: UpstreamClient): Upstream {
  const { issuer, id, now } = client;
  const verifiers = createExpiring<string>(now, LOGIN_SECONDS);
  const idTokens = createRemoteTokens(host, {
    issuer,
    jwksUri: `${issuer}/jwks`,
    audience: id,
    now,
  });
  return {
    start: (scopes) => {
      const [state, verifier] = [randomToken(), randomToken()];
      verifiers.set(state, verifier);
      return { state, url: authorizationUrl(client, scopes, state, verifier) };
    },
    finish: async (answer) => {
      const verifier = verifiers.take(answer.get('state') ?? '');
      if (verifier === undefined) return 'nobody is waiting for this answer';
      if (answer.get('iss') !== issuer) return 'the answer is of another issuer';
      const code = answer.get('code');
      if (!code) return answer.get('error') ?? 'the answer carries no code';
      const parameters = { code, redirect_uri: client.redirectUri, code_verifier: verifier };
      const document = await ask(host, client, 'authorization_code', parameters);
      if (typeof document === 'string') return document;
      return loginOf(document, idTokens, now);
    },
    refresh: async ({ refreshToken = '' }) => {
      const parameters = { refresh_token: refreshToken };
      const document = await ask(host, client, 'refresh_token', parameters);
      return typeof document === 'string' ? document : tokensOf(document, now);
    },
  };
}

function authorizationUrl(
  { issuer, id, redirectUri, resource }: UpstreamClient,
  scopes: readonly string[],
  state: string,
  verifier: string,
): string {
  return withParameters(`${issuer}/authorize`, {
    response_type: 'code',
    client_id: id,
    redirect_uri: redirectUri,
    scope: [...new Set(['openid', ...scopes])].join(' '),
    state,
    code_challenge: s256(verifier),
    code_challenge_method: 'S256',
    resource,
  });
}

type Document = { readonly [name: string]: unknown };

async function ask(
  host: Host,
  { issuer, id, secret, resource }: UpstreamClient,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Document | string> {
  const { status, body } = await host.ask({
    method: 'POST',
    url: `${issuer}/token`,
    headers: [
      ['authorization', basic(id, secret)],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ],
    body: new URLSearchParams({ grant_type: grantType, ...parameters, resource }).toString(),
  });
  const document = parseJson(body);
  return status === 200 && isObject(document)
    ? document
    : `the provider's token endpoint answered with ${status}`;
}

async function loginOf(
  document: Document,
  idTokens: TokenCheck,
  now: () => number,
): Promise<Login | string> {
  const identity = await idTokens.verify(String(document.id_token));
  return 'problem' in identity
    ? identity.problem
    : { subject: identity.subject, tokens: tokensOf(document, now) };
}

function tokensOf(document: Document, now: () => number): UpstreamTokens {
  const { refresh_token: refreshToken } = document;
  return {
    accessToken: String(document.access_token),
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
    expiresAt: now() + Number(document.expires_in) * 1000,
  };
}
