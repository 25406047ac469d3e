import type { Body, Exchange, Header } from '../trace/schema.ts';
import { withLabels } from '../trace/secret.ts';
import { viewTrace } from '../trace/view.ts';
import { createVariables, type Variables } from './curl-variables.ts';
import { responseLabel } from './exchange-label.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';
import { isPlainLine, type Piece, printfFormat, shellWord } from './shell.ts';
import { cutText, visibleLine } from './visible.ts';

/**
 * Every request as a line that a POSIX shell can run, secrets as variables. A line never reads a
 * file, follows a redirect or leaves http and https, whatever a foreign trace holds.
 */
export const curl: Reporter = ({ trace }, options) => {
  const view = viewTrace(trace);
  const variables = createVariables();
  const lines = trace.trace_log
    .filter(isAsked(options))
    .flatMap((exchange) => [
      '',
      comment(
        `${exchange.id} ${exchange.step} (${view.role(exchange)}): ${responseLabel(exchange)}`,
      ),
      ...left(exchange.request.headers).map((name) => comment(`left out: header ${name}`)),
      lineOf(exchange, variables),
    ]);
  return `${[
    comment(`Requests of ${trace.metadata.server_url}`),
    ...variables.names().map((name) => `: "\${${name}:?set it to the secret that stood here}"`),
    ...lines,
  ].join('\n')}\n`;
};

function lineOf(exchange: Exchange, variables: Variables): string {
  const { method, url, headers, body } = exchange.request;
  const parts = [
    'curl --silent --show-error --include --globoff --path-as-is',
    "--proto '=http,https'",
    methodOption(method),
    `--url ${urlWord(url, variables)}`,
    ...headers.filter(isSent).map((header) => `--header ${headerWord(header, variables)}`),
    ...(headers.some(([name]) => /^accept-encoding$/i.test(name)) ? ['--compressed'] : []),
    ...bodyOptions(body, variables),
  ];
  const line = parts.join(' ');
  const piped = body && needsPipe(body) ? pipeOf(body, variables) : undefined;
  return piped ? `${piped} | ${line} --data-binary @-` : line;
}

const METHOD = /^[A-Za-z]{1,20}$/;

function methodOption(method: string): string {
  if (method === 'HEAD') return '--head';
  return METHOD.test(method) ? `--request ${method}` : '--request GET';
}

/** What curl itself makes, and what would not be the same twice. */
const OWN_HEADERS = /^(?:host|content-length|connection|transfer-encoding|accept-encoding)$/i;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function isSent([name, value]: Header): boolean {
  return !OWN_HEADERS.test(name) && HEADER_NAME.test(name) && isPlainLine(value);
}

function left(headers: readonly Header[]): readonly string[] {
  return headers
    .filter((header) => !isSent(header) && !OWN_HEADERS.test(header[0]))
    .map(([name]) => `${name} (it holds characters that no header may hold)`);
}

function headerWord([name, value]: Header, variables: Variables): string {
  // An empty value needs a semicolon, or curl leaves the header out.
  if (value.trim() === '') return shellWord(`${name};`);
  return shellWord(`${name}: `, ...credentialPieces(name.toLowerCase(), value, variables));
}

const SECRET_HEADERS: ReadonlySet<string> = new Set(['cookie', 'mcp-session-id', 'dpop']);

function credentialPieces(name: string, value: string, variables: Variables): readonly Piece[] {
  if (SECRET_HEADERS.has(name) && !value.includes('<')) return [variables.name(name, value)];
  if (name !== 'authorization' && name !== 'proxy-authorization') return variables.pieces(value);
  const [, scheme = '', credential = ''] = /^(\S+\s+)?(.*)$/s.exec(value) ?? [];
  const kind = scheme.trim().toLowerCase() === 'basic' ? 'basic_credentials' : 'access_token';
  return [scheme, variables.name(kind, credential)];
}

/** Fields whose value is a secret, also in a trace that was not redacted. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'access_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'id_token_hint',
  'password',
  'refresh_token',
  'state',
  'subject_token',
  'token',
]);

function urlWord(url: string, variables: Variables): string {
  const spelled = isPlainLine(url) ? url : encodeURI(wellFormed(url));
  const pieces = spelled.split(/(?<=[?&])/).flatMap((part) => {
    const [, name = '', value = '', end = ''] = /^([\w.-]+)=([^&#]+)(.*)$/s.exec(part) ?? [];
    if (!SECRET_FIELDS.has(name)) return variables.pieces(withLabels(part));
    return [`${name}=`, variables.name(name, withLabels(value)), end];
  });
  return shellWord(...pieces);
}

function bodyOptions(body: Body | null, variables: Variables): readonly string[] {
  if (!body || body.size === 0 || needsPipe(body)) return [];
  const text = body.text ?? '';
  if (body.media_type !== 'application/x-www-form-urlencoded')
    return [`--data-raw ${shellWord(...variables.pieces(text))}`];
  return text.split('&').map((pair) => {
    const name = pair.split('=', 1)[0] ?? '';
    const value = new URLSearchParams(pair).get(decoded(name)) ?? '';
    const pieces = variables.pieces(value);
    const isSecret = SECRET_FIELDS.has(name) || pieces.length > 1;
    if (!isSecret || value === '') return `--data-raw ${shellWord(pair)}`;
    const secret = SECRET_FIELDS.has(name) ? [variables.name(name, value)] : pieces;
    return `--data-urlencode ${shellWord(`${name}=`, ...secret)}`;
  });
}

/** A body that a quoted word on one line cannot hold. */
function needsPipe(body: Body): boolean {
  return body.base64 !== undefined || !isPlainLine(body.text ?? '');
}

function pipeOf(body: Body, variables: Variables): string {
  if (body.base64 !== undefined)
    return `printf ${shellWord(printfFormat(Buffer.from(body.base64, 'base64')))}`;
  const pieces = variables.pieces(body.text ?? '');
  const format = pieces.map((piece) =>
    typeof piece === 'string' ? printfFormat(Buffer.from(piece)) : '%s',
  );
  const secrets = pieces
    .filter((piece) => typeof piece !== 'string')
    .map((piece) => shellWord(piece));
  return ['printf', shellWord(format.join('')), ...secrets].join(' ');
}

function comment(text: string): string {
  return `# ${cutText(visibleLine(text), 300)}`;
}

function decoded(name: string): string {
  return [...new URLSearchParams(`${name}=`).keys()][0] ?? name;
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
