import { type Command, InvalidArgumentError, Option } from 'commander';

/** What `trace` and `self-test` were asked, as parsed from the command line. */
export interface TraceCommandOptions {
  readonly serverUrl?: string;
  readonly username?: string;
  readonly password?: string;
  readonly consent?: 'browser' | 'print' | 'paste' | 'command' | 'form';
  readonly consentCommand?: string;
  readonly form: readonly (readonly [string, string])[];
  readonly approve?: string;
  readonly otpCommand?: string;
  readonly consentTimeout: number;
  readonly client: string;
  readonly clientName?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tokenAuthMethod?: 'none' | 'client_secret_basic' | 'client_secret_post';
  readonly scope?: string;
  readonly revision: string;
  readonly authorizationServer?: string;
  readonly authorizeParam: readonly (readonly [string, string])[];
  readonly callbackHost?: string;
  readonly callbackPort: number;
  readonly callbackPath?: string;
  readonly call?: string;
  readonly args?: string;
  readonly keep?: boolean;
  readonly lenient?: boolean;
  readonly header: readonly (readonly [string, string])[];
  readonly userAgent?: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
  readonly resolve: readonly { host: string; port: number; address: string }[];
  readonly timeout: number;
  readonly maxBody: number;
  readonly format: 'text' | 'json';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly saveTrace?: string;
  readonly traceDir: string;
  /** False with --no-save. */
  readonly save: boolean;
  /** False with --no-redact. */
  readonly redact: boolean;
  readonly failOn: 'error' | 'warning' | 'info' | 'never';
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly expect?: string;
}

/** Gives a command the options of a run, in the groups that `--help` shows. */
export function addTraceOptions(command: Command): Command {
  addConsentOptions(command);
  addClientOptions(command);
  addFlowOptions(command);
  addNetworkOptions(command);
  addOutputOptions(command);
  return addJudgingOptions(command);
}

/** The options of every command that judges. */
export function addJudgingOptions(command: Command): Command {
  return command
    .optionsGroup('Judging:')
    .addOption(
      choice('--fail-on <severity>', 'exit 1 for findings of this weight', [
        'error',
        'warning',
        'info',
        'never',
      ]).default('error'),
    )
    .option('--only <rules>', 'judge by these rules alone, separated by commas', list)
    .option('--ignore <rules>', 'leave these rules out, separated by commas', list)
    .option('--expect <file>', 'findings that are known, with reasons; one that is gone fails');
}

function addConsentOptions(command: Command): void {
  command
    .optionsGroup('Approving:')
    .option('--username <name>', 'fill login forms with it (or OAUTH_TEST_USERNAME)')
    .option('--password <password>', 'its password (or, unseen by others, OAUTH_TEST_PASSWORD)')
    .addOption(
      choice(
        '--consent <way>',
        'how the user approves; default: form with a username, else browser',
        ['browser', 'form', 'print', 'paste', 'command'],
      ),
    )
    .option('--consent-command <command>', 'a program that gets the URL as its last argument')
    .option('--form <name=value>', 'fill this field of a form; repeatable', pairs, [])
    .option('--approve <text>', 'the text of the button that approves')
    .option('--otp-command <command>', 'a program that prints the one-time password')
    .option('--consent-timeout <seconds>', 'how long the user may take', seconds, 300_000);
}

function addClientOptions(command: Command): void {
  command
    .optionsGroup('Client:')
    .option('--client <profile>', 'whose registration to send', 'claude-desktop')
    .option('--client-name <name>', 'the name to register (or OAUTH_CLIENT_NAME)')
    .option('--client-id <id>', 'use a client registered beforehand')
    .option('--client-secret <secret>', 'its secret')
    .addOption(
      choice('--token-auth-method <method>', 'how to authenticate at the token endpoint', [
        'none',
        'client_secret_basic',
        'client_secret_post',
      ]),
    )
    .option('--callback-host <host>', 'localhost, 127.0.0.1 or [::1] in the redirect URI')
    .option('--callback-port <port>', 'its port; default: a free one', port, 0)
    .option('--callback-path <path>', 'its path');
}

function addFlowOptions(command: Command): void {
  command
    .optionsGroup('Flow:')
    .option('--revision <revision>', 'the MCP revision to speak, or auto', 'auto')
    .option('--scope <scopes>', 'ask for these scopes; "" for none')
    .option('--authorization-server <issuer>', 'use this issuer instead of the first one listed')
    .option(
      '--authorize-param <name=value>',
      'add to the authorization request; repeatable',
      pairs,
      [],
    )
    .option('--call <tool>', 'call this tool')
    .option('--args <json>', 'its arguments, a JSON object')
    .option('--keep', 'leave the tokens and the registered client behind')
    .option('--lenient', 'go on where a client must stop')
    .addOption(new Option('--server-url <url>', 'the URL, as an option').hideHelp());
}

function addNetworkOptions(command: Command): void {
  command
    .optionsGroup('Network:')
    .option('--header <name: value>', 'add to every request of the client; repeatable', header, [])
    .option('--user-agent <text>', 'send this User-Agent')
    .option('--cacert <file>', 'trust these certificates too (PEM)')
    .option('--cert <file>', 'client certificate (PEM)')
    .option('--key <file>', 'its key (PEM)')
    .option('--insecure', 'do not verify certificates')
    .option('--resolve <host:port:address>', 'dial this address; repeatable', pin, [])
    .option('--timeout <seconds>', 'how long one request may take', seconds, 30_000)
    .option('--max-body <bytes>', 'how much of each body to keep', bytes, 256 * 1024);
}

function addOutputOptions(command: Command): void {
  command
    .optionsGroup('Output:')
    .addOption(
      choice('--format <format>', 'of the report on stdout', ['text', 'json']).default('text'),
    )
    .option('-q, --quiet', 'no narration')
    .option('-v, --verbose', 'narrate headers and bodies too, redacted')
    .option('--save-trace <file>', 'save the trace here; - for stdout')
    .option('--trace-dir <folder>', 'save it in this folder under a name of its own', 'traces')
    .option('--no-save', 'save nothing')
    .option('--no-redact', 'keep secrets readable in the file');
}

function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values);
}

function list(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...value.split(',').map((item) => item.trim())].filter((item) => item !== '');
}

function pairs(
  value: string,
  earlier: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const equals = value.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Expected name=value.');
  return [...earlier, [value.slice(0, equals), value.slice(equals + 1)]];
}

function header(
  value: string,
  earlier: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([\x20-\x7e\t\x80-\xff]*)$/.exec(value);
  if (!found) throw new InvalidArgumentError('Expected "Name: value".');
  return [...earlier, [found[1] ?? '', found[2] ?? '']];
}

function pin(
  value: string,
  earlier: readonly { host: string; port: number; address: string }[],
): readonly { host: string; port: number; address: string }[] {
  const found = /^([^:\s]+):(\d{1,5}):(\[?[0-9A-Fa-f.:]+\]?)$/.exec(value);
  if (!found) throw new InvalidArgumentError('Expected host:port:address.');
  const [, host = '', digits, address = ''] = found;
  return [...earlier, { host, port: Number(digits), address: address.replace(/[[\]]/g, '') }];
}

/** Seconds on the command line, milliseconds inside. */
function seconds(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 86_400))
    throw new InvalidArgumentError('Expected seconds above 0.');
  return number * 1000;
}

function bytes(value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('Expected a number of bytes.');
  return Number(value);
}

/** A TCP port; 0 for a free one. */
export function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
    throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return Number(value);
}
