import type { ClientStore, EnterpriseOptions, FlowOptions } from '../flow/options.ts';
import type { KnownSecret } from '../trace/redact.ts';
import { readClientKey } from './client-key.ts';
import { UserError } from './exit.ts';
import type { GrantOptions } from './grant-options.ts';
import { checkUrl, readText } from './settings.ts';

/** What a run is told about client and grant. */
type GrantSettings = Pick<
  FlowOptions,
  | 'clientId'
  | 'clientSecret'
  | 'clientKey'
  | 'tokenAuthMethod'
  | 'clientMetadataUrl'
  | 'registrationToken'
  | 'clients'
  | 'grant'
  | 'assertion'
  | 'enterprise'
  | 'dpop'
>;

/**
 * Turns the options into settings; files are read, and keys tried, before any request.
 * @throws {UserError}
 */
export async function readGrant(options: GrantOptions): Promise<GrantSettings> {
  requireCompany(options);
  const { clientId, clientSecret, clientKey, clientKeyAlg, tokenAuthMethod, grant } = options;
  const { clientMetadataUrl, registrationToken, clientCache, assertion } = options;
  const enterprise = readEnterprise(options);
  return {
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(clientKey !== undefined && { clientKey: readClientKey(clientKey, clientKeyAlg) }),
    ...(tokenAuthMethod !== undefined && { tokenAuthMethod }),
    ...(clientMetadataUrl !== undefined && {
      clientMetadataUrl: readMetadataUrl(clientMetadataUrl),
    }),
    ...(registrationToken !== undefined && { registrationToken }),
    ...(clientCache !== undefined && { clients: await openStore(clientCache) }),
    ...(grant !== undefined && { grant }),
    ...(assertion !== undefined && { assertion: readToken('--assertion', assertion) }),
    ...(enterprise && { enterprise }),
    ...(options.dpop && { dpop: true }),
  };
}

async function openStore(file: string): Promise<ClientStore> {
  const { openClientStore } = await import('./client-store.ts');
  return openClientStore(file);
}

/** Everything secret among the settings. */
export function grantSecrets({
  clientSecret,
  registrationToken,
  assertion,
  enterprise,
}: GrantSettings): readonly KnownSecret[] {
  const secrets = [
    ['client_secret', clientSecret, true],
    ['registration_token', registrationToken, true],
    ['assertion', assertion, false],
    ['id_token', enterprise?.idToken, false],
    ['client_secret', enterprise?.clientSecret, true],
  ] as const;
  return secrets.flatMap(([kind, value, human]) => (value ? [{ kind, value, human }] : []));
}

/** Which options an option needs beside it, and why. */
const COMPANY: readonly (readonly [
  applies: (options: GrantOptions) => boolean,
  has: (options: GrantOptions) => boolean,
  message: string,
])[] = [
  [
    ({ clientSecret }) => clientSecret !== undefined,
    ({ clientId }) => clientId !== undefined,
    '--client-secret needs --client-id, the client it belongs to',
  ],
  [
    ({ clientKey }) => clientKey !== undefined,
    ({ clientId, clientMetadataUrl }) => (clientId ?? clientMetadataUrl) !== undefined,
    '--client-key needs --client-id or --client-metadata-url, the client it belongs to',
  ],
  [
    ({ clientKeyAlg }) => clientKeyAlg !== undefined,
    ({ clientKey }) => clientKey !== undefined,
    '--client-key-alg needs --client-key, the key it is for',
  ],
  [
    ({ tokenAuthMethod }) => tokenAuthMethod === 'private_key_jwt',
    ({ clientKey }) => clientKey !== undefined,
    '--token-auth-method private_key_jwt needs --client-key, the key to sign with',
  ],
  [
    ({ grant }) => grant === 'client_credentials',
    ({ clientId, clientSecret, clientKey }) =>
      clientId !== undefined && (clientSecret ?? clientKey) !== undefined,
    '--grant client_credentials needs --client-id, and --client-secret or --client-key',
  ],
  [
    ({ grant }) => grant === 'jwt_bearer',
    ({ assertion }) => assertion !== undefined,
    '--grant jwt_bearer needs --assertion, the file with the JWT',
  ],
  [
    ({ assertion }) => assertion !== undefined,
    ({ grant }) => grant === 'jwt_bearer',
    '--assertion needs --grant jwt_bearer, which it is for',
  ],
  [
    ({ grant }) => grant === 'enterprise',
    ({ idToken, idpTokenEndpoint, idpClientId }) =>
      [idToken, idpTokenEndpoint, idpClientId].every((value) => value !== undefined),
    '--grant enterprise needs --id-token, --idp-token-endpoint and --idp-client-id',
  ],
  [
    ({ idToken, idpTokenEndpoint, idpClientId, idpClientSecret }) =>
      (idToken ?? idpTokenEndpoint ?? idpClientId ?? idpClientSecret) !== undefined,
    ({ grant }) => grant === 'enterprise',
    '--id-token and the --idp options need --grant enterprise, which they are for',
  ],
];

function requireCompany(options: GrantOptions): void {
  const lonely = COMPANY.find(([applies, has]) => applies(options) && !has(options));
  if (lonely) throw new UserError(lonely[2]);
}

function readEnterprise(options: GrantOptions): EnterpriseOptions | undefined {
  const { idToken, idpTokenEndpoint, idpClientId, idpClientSecret } = options;
  if (idToken === undefined || idpTokenEndpoint === undefined || idpClientId === undefined)
    return undefined;
  return {
    idToken: readToken('--id-token', idToken),
    tokenEndpoint: checkUrl(idpTokenEndpoint),
    clientId: idpClientId,
    ...(idpClientSecret !== undefined && { clientSecret: idpClientSecret }),
  };
}

/** A token alone in a file; what the file holds is never repeated. */
function readToken(option: string, file: string): string {
  const token = readText(option, file).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const seen = token === '' ? 'is empty' : 'holds more than one word of visible ASCII';
  throw new UserError(`${option} ${JSON.stringify(file)} ${seen}, expected a token alone`);
}

/**
 * What the URL of a client metadata document must not be like.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-3
 */
const UNFIT: readonly (readonly [seen: RegExp, problem: string])[] = [
  [/^http:/i, 'has the scheme http:, expected https:'],
  [/#/, 'has a fragment, expected none'],
  [/^\w+:\/\/[^/?]*\/?(\?|$)/, 'has no path, expected one like /client.json'],
  [/\/\.{1,2}(\/|\?|$)/, 'has a dot segment, expected none'],
];

function readMetadataUrl(url: string): string {
  const unfit = UNFIT.find(([seen]) => seen.test(checkUrl(url)));
  if (!unfit) return url;
  throw new UserError(`--client-metadata-url ${JSON.stringify(url)} ${unfit[1]}`);
}
