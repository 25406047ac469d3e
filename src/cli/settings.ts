import { readFileSync } from 'node:fs';
import type { ClientProfile } from '../clients/profile.ts';
import type { FlowOptions } from '../flow/options.ts';
import { TOOL } from '../flow/tool.ts';
import type { ConnectionOptions } from '../http/connection.ts';
import { UserError } from './exit.ts';
import { readGrant } from './grant-settings.ts';
import type { Io } from './io.ts';
import { readToolCall } from './tool-call.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** What a run needs beyond the way of approving. */
export interface Settings {
  readonly flow: FlowOptions;
  readonly connection: ConnectionOptions;
  readonly userAgent: string;
}

/**
 * Turns parsed options into settings; everything that can be wrong is found before any request.
 * @throws {UserError}
 */
export async function readSettings(
  url: string,
  options: TraceCommandOptions,
  io: Io,
): Promise<Settings> {
  return {
    flow: await readFlow(checkUrl(url), options, io),
    connection: readConnection(options, io),
    userAgent: options.userAgent ?? `${TOOL.name}/${TOOL.version}`,
  };
}

async function readFlow(url: string, options: TraceCommandOptions, io: Io): Promise<FlowOptions> {
  const profile = readProfile(options, io);
  const { scope, authorizationServer } = options;
  return {
    url,
    profile,
    revision: options.revision,
    lenient: options.lenient === true,
    ...(await readGrant(options)),
    ...(scope !== undefined && { scope }),
    ...(authorizationServer !== undefined && {
      authorizationServer: checkUrl(authorizationServer),
    }),
    authorizeParameters: options.authorizeParam,
    callback: readCallback(options, profile),
    consentTimeout: options.consentTimeout,
    ...readToolCall(options),
    ...(options.allowPrivate && { allowPrivate: true }),
    keep: options.keep === true,
  };
}

const HIGHEST_PORT = 65_535;

/** The URL as typed, once it is sure to be one. */
export function checkUrl(url: string): string {
  const seen = JSON.stringify(url.replace(/\/\/[^/?#]*@/, '//…@'));
  const meant = /^[\w.-]+:\d+(\/|$)/.test(url) ? `; did you mean http://${url}?` : '';
  const [, port] = /^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(url) ?? [];
  if (Number(port) > HIGHEST_PORT)
    throw new UserError(`${seen} names port ${port}, expected one from 1 to ${HIGHEST_PORT}`);
  if (!URL.canParse(url))
    throw new UserError(
      `${seen} is not a URL${meant || ', expected one like https://example.com/mcp'}`,
    );
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new UserError(`${seen} has the scheme ${protocol}, expected http: or https:${meant}`);
  if (hostname === '') throw new UserError(`${seen} names no host`);
  if (username !== '' || password !== '')
    throw new UserError(
      `${seen} carries credentials, which no MCP client sends: leave them out, ` +
        'and pass --header "Authorization: …" for a gateway in front of the server',
    );
  return url;
}

function readProfile({ client, clientName }: TraceCommandOptions, { env }: Io): ClientProfile {
  const name = clientName ?? env.OAUTH_CLIENT_NAME;
  return name === undefined || name === ''
    ? client
    : { ...client, registration: { ...client.registration, client_name: name } };
}

const CALLBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

function readCallback(
  options: TraceCommandOptions,
  profile: ClientProfile,
): FlowOptions['callback'] {
  const { callbackHost: host = profile.callback.host, callbackPort: port } = options;
  if (!CALLBACK_HOSTS.includes(host))
    throw new UserError(
      `--callback-host is ${JSON.stringify(host)}, expected ${CALLBACK_HOSTS.join(', ')}: the callback only ever comes to this machine`,
    );
  const path = options.callbackPath ?? profile.callback.path;
  if (!/^\/[^?#\s]*$/.test(path))
    throw new UserError(
      `--callback-path is ${JSON.stringify(path)}, expected a path like /callback`,
    );
  return { host, port, path };
}

function readConnection(options: TraceCommandOptions, io: Io): ConnectionOptions {
  const { cacert, cert, key } = options;
  if ((cert === undefined) !== (key === undefined))
    throw new UserError('--cert and --key belong together: give both or neither');
  const proxy = readProxy(io);
  return {
    ...(cacert !== undefined && { ca: readPem('--cacert', cacert) }),
    ...(cert !== undefined && { cert: readPem('--cert', cert) }),
    ...(key !== undefined && { key: readPem('--key', key) }),
    ...(options.insecure && { insecure: true }),
    resolve: options.resolve,
    ...(proxy && { proxy }),
    timeout: options.timeout,
  };
}

function readPem(option: string, file: string): string {
  const text = readText(option, file);
  if (!text.includes('-----BEGIN '))
    throw new UserError(
      `${option} ${JSON.stringify(file)} holds no PEM block, expected -----BEGIN …`,
    );
  return text;
}

/** @throws {UserError} when the file of an option cannot be read. */
export function readText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${option} ${JSON.stringify(file)} cannot be read (${code ?? 'unknown'})`);
  }
}

function readProxy({ env }: Io): ConnectionOptions['proxy'] {
  const http = env.http_proxy ?? env.HTTP_PROXY;
  const https = env.https_proxy ?? env.HTTPS_PROXY;
  const no = env.no_proxy ?? env.NO_PROXY;
  for (const proxy of [http, https])
    if (proxy && !URL.canParse(proxy))
      throw new UserError(
        'the proxy in HTTP_PROXY or HTTPS_PROXY is not a URL, expected http://host:port',
      );
  if (!http && !https) return undefined;
  return { ...(http && { http }), ...(https && { https }), ...(no && { no }) };
}
