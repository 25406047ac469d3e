import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Consent, ConsentError } from '../consent/consent.ts';
import type { Credentials } from './credentials.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** A way of approving. */
type Way = NonNullable<TraceCommandOptions['consent']>;

/**
 * The way of approving: as asked; else the form where a username is known or nobody sits at a
 * terminal, else the browser.
 */
export function chooseWay(
  { consent, consentCommand }: TraceCommandOptions,
  { username }: Credentials,
  io: Io,
): Way {
  if (consent !== undefined) return consent;
  if (consentCommand !== undefined) return 'command';
  return username !== undefined || !io.isTerminal.stderr ? 'form' : 'browser';
}

/**
 * What approves in a way. Only the one that is chosen is loaded.
 * @throws {UserError}
 */
export async function openConsent(
  way: Way,
  options: TraceCommandOptions,
  credentials: Credentials,
  io: Io,
): Promise<Consent> {
  const { consentCommand } = options;
  const ssh = remoteTerminal(io);
  switch (way) {
    case 'browser':
      return (await import('../consent/browser.ts')).browser({ ...(ssh && { ssh }) });
    case 'print':
      return (await import('../consent/print.ts')).print({ ...(ssh && { ssh }) });
    case 'paste':
      return (await import('../consent/paste.ts')).paste();
    case 'command':
      return commandConsent(consentCommand, io);
    case 'form':
      return formConsent(options, credentials);
  }
}

async function formConsent(
  { approve, otpCommand, form: fields }: TraceCommandOptions,
  { username, password }: Credentials,
): Promise<Consent> {
  const { form } = await import('../consent/form.ts');
  return form({
    username,
    password,
    fields: Object.fromEntries(fields),
    approve,
    otp: otpFrom(otpCommand),
  });
}

/** Asks a program for the one-time password. */
export function otpFrom(line: string | undefined): (() => Promise<string>) | undefined {
  return line === undefined ? undefined : () => run(line);
}

async function commandConsent(line: string | undefined, { env }: Io): Promise<Consent> {
  if (line === undefined)
    throw new UserError('--consent command needs --consent-command, the program that approves');
  const { command } = await import('../consent/command.ts');
  try {
    return command({ command: line, environment: env });
  } catch (error) {
    if (error instanceof ConsentError) throw new UserError(`--consent-command: ${error.message}`);
    throw error;
  }
}

/** What a program prints, without a shell in between. */
async function run(line: string): Promise<string> {
  const { splitWords } = await import('../consent/words.ts');
  const [program = '', ...words] = splitWords(line);
  const { stdout } = await promisify(execFile)(program, words, { timeout: 60_000 });
  return stdout.trim();
}

/** Over SSH the browser runs elsewhere; the fourth word of SSH_CONNECTION is this machine's port. */
function remoteTerminal({ env }: Io): { readonly port: number } | undefined {
  const port = Number(env.SSH_CONNECTION?.split(' ')[3]);
  return Number.isInteger(port) && port > 0 ? { port } : undefined;
}
