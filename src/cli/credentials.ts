import { visibleLine } from '../report/visible.ts';
import { kindOfName } from '../trace/redact/names.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** Who logs in, from options, environment and terminal; never echoed. */
export interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * The credentials that were given. A password that only the environment holds may be meant for another run.
 * @throws {UserError} for one that is given and nobody's.
 */
export function readCredentials(given: TraceCommandOptions, { env }: Io): Credentials {
  const username = given.username ?? (env.OAUTH_TEST_USERNAME || undefined);
  if (given.password !== undefined && username === undefined)
    throw new UserError(
      '--password needs --username, whose it is (or OAUTH_TEST_USERNAME); --username "" for a login that asks for none',
    );
  return { username, password: given.password ?? (env.OAUTH_TEST_PASSWORD || undefined) };
}

/** Whether a user logs in with a password: a one-time password or a field named for it may do instead. */
export function needsPassword({ otpCommand, form }: TraceCommandOptions): boolean {
  return otpCommand === undefined && form.every(([name]) => kindOfName(name) !== 'password');
}

/**
 * The credentials with the user's password, which is asked for where it was not given.
 * @throws {UserError} where nobody sits at a terminal.
 */
export async function withPassword<C extends Credentials>(credentials: C, io: Io): Promise<C> {
  const { username, password } = credentials;
  if (username === undefined || password !== undefined) return credentials;
  const name = visibleLine(username);
  if (!io.isTerminal.stdin || !io.isTerminal.stderr)
    throw new UserError(
      `the password of ${JSON.stringify(name)} is missing: give it as OAUTH_TEST_PASSWORD or --password; --password "" for a login without one`,
    );
  const typed = await io.askSecret(`Password of ${name} (Enter if there is none): `);
  return { ...credentials, password: typed };
}
