import { checkUser, createUser, type Errand, type ErrandDone } from '../../flow/user.ts';
import { CredentialsError } from '../../http/connection.ts';
import { visibleLine } from '../../report/visible.ts';
import { createMask, type KnownSecret, type Mask } from '../../trace/redact.ts';
import { requireCallbackPort } from '../callback-port.ts';
import { otpFrom } from '../consent.ts';
import { needsPassword, readCredentials, withPassword } from '../credentials.ts';
import { prepareDestination, shownPath } from '../destination.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import { heedInterrupts } from '../interruption.ts';
import type { Io } from '../io.ts';
import { knownSecrets } from '../known-secrets.ts';
import { saveTrace } from '../save-trace.ts';
import { readSettings } from '../settings.ts';
import type { TraceCommandOptions } from '../trace-options.ts';

/** What `user` was asked. */
export interface UserOptions extends TraceCommandOptions {
  readonly server?: string;
  readonly email?: string;
  readonly registerPath?: string;
}

/** What can be done about a user. */
export type UserAction = 'create' | 'check';

interface User {
  readonly username: string;
  readonly password: string | undefined;
  readonly email: string | undefined;
}

/** Creates a test user by the server's own sign-up form, or says whether one can log in. */
export async function userCommand(
  action: UserAction,
  asked: UserOptions,
  io: Io,
): Promise<ExitCode> {
  // A user is nobody's trace: one is saved where that was asked.
  const options = { ...asked, save: false, revision: 'auto' as const, authorizeParam: [] };
  const url = options.server ?? io.env.OAUTH_SERVER_URL;
  if (!url) throw new UserError('--server is missing, the MCP endpoint (or OAUTH_SERVER_URL)');
  const given = readUser(options, io);
  const settings = await readSettings(url, options, io);
  await requireCallbackPort(settings.flow);
  const isAsked = action === 'create' || needsPassword(options);
  const user = isAsked ? await withPassword(given, io) : given;
  const destination = prepareDestination(options, io);
  const known = knownOf(user, knownSecrets(settings, options, user));
  const mask = createMask(known);
  return await heedInterrupts(io, async (signal) => {
    const errand = {
      ...errandOf(options, user, io, mask),
      ...settings,
      signal,
      ask: (question: string) => io.ask(question, signal),
    };
    const done = await perform(action, errand, user, options);
    const saved = saveTrace(done.trace, known, options.redact, destination, io);
    if ('crash' in done) throw done.crash;
    const { kind, message } = done.finding;
    io[saved.onStdout ? 'stderr' : 'stdout'](`${kind}: ${visibleLine(mask(message))}\n`);
    if (saved.path !== undefined) io.stderr(`Trace: ${shownPath(saved.path, io)}\n`);
    if (saved.failed) return EXIT.crash;
    return FINE.includes(kind) ? EXIT.ok : EXIT.incomplete;
  });
}

/** Findings after which the user can be used. */
const FINE: readonly string[] = ['created', 'exists', 'accepted'];

function readUser(options: UserOptions, io: Io): User {
  const { username, password } = readCredentials(options, io);
  if (username === undefined)
    throw new UserError('--username is missing, who it is about (or OAUTH_TEST_USERNAME)');
  const email = options.email ?? (username.includes('@') ? username : undefined);
  return { username, password, email };
}

function knownOf({ email }: User, known: readonly KnownSecret[]): readonly KnownSecret[] {
  return email === undefined || known.some(({ value }) => value === email)
    ? known
    : [...known, { kind: 'email', value: email, human: true }];
}

type Undecided = Omit<Errand, 'flow' | 'connection' | 'userAgent' | 'signal' | 'ask'>;

function errandOf(options: UserOptions, { username }: User, io: Io, mask: Mask): Undecided {
  const say = (text: string): void => io.stderr(`  ${visibleLine(mask(text))}\n`);
  return {
    timeout: options.timeout,
    maxBody: options.maxBody,
    headers: options.header,
    username,
    source: 'user',
    observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: mask.see },
    say: options.quiet ? () => {} : say,
  };
}

/** What is done about the user. @throws {UserError} when something that it needs was not given. */
async function perform(
  action: UserAction,
  errand: Errand,
  { username, password, email }: User,
  { form, approve, otpCommand, registerPath }: UserOptions,
): Promise<ErrandDone<{ readonly kind: string; readonly message: string }>> {
  const fields = Object.fromEntries(form);
  try {
    if (action === 'check') {
      const otp = otpFrom(otpCommand);
      return await checkUser(errand, { username, password, fields, approve, otp });
    }
    // A form that wants more than an empty one says so.
    const account = { username, password: password ?? '', email, fields };
    return await createUser(errand, account, registerPath);
  } catch (error) {
    if (error instanceof CredentialsError) throw new UserError(error.message);
    throw error;
  }
}
