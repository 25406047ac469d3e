import { type Command, Option } from 'commander';
import { CLIENTS } from '../clients/index.ts';
import type { ClientProfile } from '../clients/profile.ts';
import type { FlowOptions } from '../flow/options.ts';
import { REPORT_NAMES, type ReportName } from '../report/index.ts';
import type { Severity } from '../rules/rule.ts';
import { NEWEST, REVISIONS } from '../spec/revisions.ts';
import { addGrantOptions, type GrantOptions } from './grant-options.ts';
import {
  bytes,
  choice,
  filledList,
  list,
  named,
  type Pair,
  type Pin,
  port,
  type ReportFile,
  readHeader,
  readPair,
  readPin,
  readReportFile,
  repeatable,
  seconds,
} from './option-values.ts';
import type { ToolCallOptions } from './tool-call.ts';

/** What `trace` and `self-test` were asked, as parsed from the command line. */
export interface TraceCommandOptions extends GrantOptions, ToolCallOptions {
  readonly serverUrl?: string;
  readonly username?: string;
  readonly password?: string;
  readonly consent?: 'browser' | 'print' | 'paste' | 'command' | 'form';
  readonly consentCommand?: string;
  readonly form: readonly Pair[];
  readonly approve?: string;
  readonly otpCommand?: string;
  readonly consentTimeout: number;
  readonly client: ClientProfile;
  readonly clientName?: string;
  readonly scope?: string;
  readonly revision: FlowOptions['revision'];
  readonly authorizationServer?: string;
  readonly authorizeParam: readonly Pair[];
  readonly callbackHost?: string;
  readonly callbackPort: number;
  readonly callbackPath?: string;
  readonly keep?: boolean;
  readonly lenient?: boolean;
  readonly header: readonly Pair[];
  readonly userAgent?: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
  readonly resolve: readonly Pin[];
  readonly allowPrivate?: boolean;
  readonly timeout: number;
  readonly maxBody: number;
  readonly format: ReportName;
  readonly report: readonly ReportFile[];
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly saveTrace?: string;
  readonly overwrite?: boolean;
  readonly traceDir: string;
  /** False with --no-save. */
  readonly save: boolean;
  /** False with --no-redact. */
  readonly redact: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly failOn: Severity | 'never';
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly expect?: string;
}

/** Gives a command the options of a run, in the groups that `--help` shows. */
export function addTraceOptions(command: Command): Command {
  addConsentOptions(command);
  addClientOptions(command);
  addGrantOptions(command);
  addFlowOptions(command);
  addNetworkOptions(command);
  addOutputOptions(command);
  return addJudgingOptions(
    command,
    'leave these rules out; with --baseline also what diff can ignore',
  )
    .option('--baseline <file>', 'compare with this trace; exit 1 for what got worse')
    .option('--update-baseline', 'write the trace of this run to --baseline');
}

/** Gives a command the options of what is done in a user's name without a run. */
export function addErrandOptions(command: Command): Command {
  addLoginOptions(command);
  addClientOptions(command);
  addGrantOptions(command);
  addNetworkOptions(command);
  return addSavingOptions(command.optionsGroup('Output:').option(...QUIET));
}

/** The options of every command that judges. */
export function addJudgingOptions(command: Command, ignoring = 'leave these rules out'): Command {
  return command
    .optionsGroup('Judging:')
    .addOption(
      choice('--fail-on <severity>', 'exit 1 for findings of this weight or more', [
        'error',
        'warning',
        'info',
        'never',
      ]).default('error'),
    )
    .addOption(filledList('--only <rules>', 'judge by these rules alone', 'rule'))
    .addOption(list('--ignore <rules>', ignoring))
    .option('--expect <file>', 'findings that are known, with reasons; one that passes now fails');
}

function addConsentOptions(command: Command): void {
  addLoginOptions(command);
  command
    .addOption(
      choice('--consent <way>', 'default: form with a username, else browser', [
        'browser',
        'form',
        'print',
        'paste',
        'command',
      ]),
    )
    .option('--consent-command <command>', 'a program that gets the URL as its last argument');
}

/** Who logs in, and what helps to. */
function addLoginOptions(command: Command): void {
  command
    .optionsGroup('Approving:')
    .option('--username <name>', 'fill login forms with it')
    .option('--password <password>', 'its password; better asked for, or in OAUTH_TEST_PASSWORD')
    .addOption(
      repeatable('--form <name=value>', 'fill this form field; repeatable', readPair('--form')),
    )
    .option('--approve <text>', 'the text of the button that approves')
    .option('--otp-command <command>', 'a program that prints the one-time password')
    .addOption(seconds('--consent-timeout <seconds>', 'how long the user may take', 300));
}

const CLIENTS_BY_ID: Readonly<Record<string, ClientProfile>> = Object.fromEntries(
  CLIENTS.map((client) => [client.id, client]),
);

function addClientOptions(command: Command): void {
  command
    .optionsGroup('Client:')
    .addOption(
      named('--client <profile>', 'whose registration to send', CLIENTS_BY_ID, CLIENTS[0].id),
    )
    .option('--client-name <name>', 'the name to register')
    .option('--callback-host <host>', 'localhost, 127.0.0.1 or [::1] in the redirect URI')
    .addOption(port('--callback-port <port>', 'its port; a free one by default'))
    .option('--callback-path <path>', 'its path');
}

const REVISIONS_BY_ID: Readonly<Record<string, FlowOptions['revision']>> = {
  auto: 'auto',
  ...Object.fromEntries(REVISIONS.map((revision) => [revision.id, revision])),
  draft: NEWEST,
};

function addFlowOptions(command: Command): void {
  command
    .optionsGroup('Flow:')
    .addOption(named('--revision <revision>', 'the MCP revision to speak', REVISIONS_BY_ID, 'auto'))
    .option('--scope <scopes>', 'ask for these scopes; "" for none')
    .option('--authorization-server <issuer>', 'this issuer instead of the first one listed')
    .addOption(
      repeatable(
        '--authorize-param <name=value>',
        'add to the authorization request; repeatable',
        readPair('--authorize-param'),
      ),
    )
    .option('--call <tool>', 'call this tool')
    .option('--args <json>', 'its arguments, a JSON object')
    .option('--answers <json>', 'answer what it asks with these, over its defaults; {} for those')
    .option('--keep', 'leave the tokens and the registered client behind')
    .option('--lenient', 'go on where a client must stop')
    .addOption(new Option('--server-url <url>', 'the URL, as an option').hideHelp());
}

function addNetworkOptions(command: Command): void {
  command
    .optionsGroup('Network:')
    .addOption(repeatable('--header <name: value>', 'add to every request; repeatable', readHeader))
    .option('--user-agent <text>', 'send this User-Agent')
    .option('--cacert <file>', 'trust these certificates too (PEM)')
    .option('--cert <file>', 'client certificate (PEM)')
    .option('--key <file>', 'its key (PEM)')
    .option('--insecure', 'do not verify certificates')
    .addOption(
      repeatable('--resolve <host:port:address>', 'dial this address; repeatable', readPin),
    )
    .option('--allow-private', 'let a remote server name addresses of this machine or network')
    .addOption(seconds('--timeout <seconds>', 'how long one request may take', 30))
    .addOption(bytes('--max-body <bytes>', 'how much of each body to keep', 256));
}

function addOutputOptions(command: Command): void {
  command
    .optionsGroup('Output:')
    .addOption(choice('--format <format>', 'of the report on stdout', REPORT_NAMES).default('text'))
    .addOption(
      repeatable('--report <format=file>', 'write a report to a file; repeatable', readReportFile),
    )
    .option(...QUIET)
    .option('-v, --verbose', 'tell headers and bodies too, redacted');
  addSavingOptions(command)
    .option('--trace-dir <folder>', 'save it in this folder under a name of its own', 'traces')
    .option('--no-save', 'save nothing');
}

const QUIET = ['-q, --quiet', 'no narration, the report alone'] as const;

function addSavingOptions(command: Command): Command {
  return command
    .option('--save-trace <file>', 'save the trace here; - for stdout')
    .option('--overwrite', 'replace the file of --save-trace if it is there')
    .option('--no-redact', 'keep secrets readable in the file');
}
