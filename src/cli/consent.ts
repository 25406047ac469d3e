import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { browser } from '../consent/browser.ts';
import { command } from '../consent/command.ts';
import { type Consent, ConsentError } from '../consent/consent.ts';
import { form } from '../consent/form.ts';
import { paste } from '../consent/paste.ts';
import { print } from '../consent/print.ts';
import { splitWords } from '../consent/words.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** Who logs in, from options and environment; never echoed. */
export interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The credentials of a run. */
export function readCredentials(
  { username, password }: TraceCommandOptions,
  { env }: Io,
): Credentials {
  return {
    username: username ?? (env.OAUTH_TEST_USERNAME || undefined),
    password: password ?? (env.OAUTH_TEST_PASSWORD || undefined),
  };
}

/**
 * The way of approving: as asked; else the form where a username is known or nobody sits at a
 * terminal, else the browser.
 * @throws {UserError}
 */
export function chooseConsent(
  options: TraceCommandOptions,
  { username, password }: Credentials,
  io: Io,
): Consent {
  const { consentCommand, approve, otpCommand } = options;
  const byDefault = username !== undefined || !io.isTerminal.stderr ? 'form' : 'browser';
  const way = options.consent ?? (consentCommand === undefined ? byDefault : 'command');
  const ssh = remoteTerminal(io);
  switch (way) {
    case 'browser':
      return browser({ ...(ssh && { ssh }) });
    case 'print':
      return print({ ...(ssh && { ssh }) });
    case 'paste':
      return paste();
    case 'command':
      return commandConsent(consentCommand, io);
    case 'form':
      return form({
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
        fields: Object.fromEntries(options.form),
        ...(approve !== undefined && { approve }),
        ...(otpCommand !== undefined && { otp: () => run(otpCommand) }),
      });
  }
}

function commandConsent(line: string | undefined, { env }: Io): Consent {
  if (line === undefined)
    throw new UserError('--consent command needs --consent-command, the program that approves');
  try {
    return command({ command: line, environment: env });
  } catch (error) {
    if (error instanceof ConsentError) throw new UserError(`--consent-command: ${error.message}`);
    throw error;
  }
}

/** What a program prints, without a shell in between. */
async function run(line: string): Promise<string> {
  const [program = '', ...words] = splitWords(line);
  const { stdout } = await promisify(execFile)(program, words, { timeout: 60_000 });
  return stdout.trim();
}

/** Over SSH the browser runs elsewhere; the fourth word of SSH_CONNECTION is this machine's port. */
function remoteTerminal({ env }: Io): { readonly port: number } | undefined {
  const port = Number(env.SSH_CONNECTION?.split(' ')[3]);
  return Number.isInteger(port) && port > 0 ? { port } : undefined;
}
