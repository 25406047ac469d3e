import { type ChildProcess, spawn } from 'node:child_process';
import { untilAborted } from './abort.ts';
import { leadsTo, safeAddress } from './address.ts';
import { type Consent, ConsentError, type ConsentTools } from './consent.ts';
import { eachLine } from './lines.ts';
import { printable } from './printable.ts';
import { splitWords } from './words.ts';

/** The program that approves, and what it finds in its environment. */
export interface CommandOptions {
  /** As on a command line: `node drive.js --fast`. No shell ever sees it. */
  readonly command: string;
  /** Handed on to the program, which finds its PATH and its own settings there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Lines of the program that are shown; the rest is read and dropped. */
const MOST_LINES = 500;

/** Characters of a line that are shown. */
const LONGEST_LINE = 1000;

/** Parameters whose values are never shown, wherever the program prints them. */
const SECRET_PARAMETERS =
  /\b((?:code|access_token|refresh_token|id_token|client_secret|password)=)[^\s&#"']+/gi;

/**
 * A program of the user's approves. It gets the URL as its last argument and as
 * `OAUTH_AUTHORIZATION_URL`, the redirect URI as `OAUTH_REDIRECT_URI`; where its last line of output
 * is a URL at the redirect URI, that is the answer, else the listener receives the callback.
 * @throws {ConsentError} `command-failed` at once for a command line that cannot be split.
 */
export function command(options: CommandOptions): Consent {
  const words = splitWords(options.command);
  return {
    name: 'command',
    approve: async (url, tools) => run(words, safeAddress(url), options, tools),
  };
}

async function run(
  [program = '', ...given]: readonly string[],
  address: string,
  { environment }: CommandOptions,
  tools: ConsentTools,
): Promise<string | undefined> {
  tools.signal.throwIfAborted();
  const child = spawn(program, [...given, address], {
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environment,
      OAUTH_AUTHORIZATION_URL: address,
      OAUTH_REDIRECT_URI: tools.redirectUri,
    },
  });
  const kill = (): boolean => child.kill();
  tools.signal.addEventListener('abort', kill, { once: true });
  const show = shower(tools);
  let last = '';
  const reading = Promise.all([
    eachLine(child.stdout, (line) => {
      if (line.trim() !== '') last = line.trim();
      show(line);
    }),
    eachLine(child.stderr, show),
  ]);
  const ended = Promise.all([outcomeOf(child, program), reading]);
  await untilAborted(ended, tools.signal).finally(() =>
    tools.signal.removeEventListener('abort', kill),
  );
  return isAnswer(last, tools.redirectUri) ? last : undefined;
}

/** Resolves when the program ends well, fails when it does not or never started. */
function outcomeOf(child: ChildProcess, program: string): Promise<void> {
  const name = JSON.stringify(printable(program));
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new ConsentError(
          'command-failed',
          `the consent command ${name} could not be started: ${printable(error.message)}`,
          error,
        ),
      ),
    );
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
      reject(new ConsentError('command-failed', `the consent command ${name} ${how}, expected 0`));
    });
  });
}

/** Shows the program's lines, except those that hold the answer. */
function shower(tools: ConsentTools): (line: string) => void {
  let shown = 0;
  return (line) => {
    const text = printable(line, LONGEST_LINE).replace(SECRET_PARAMETERS, '$1…');
    if (text === '' || isAnswer(line.trim(), tools.redirectUri)) return;
    shown += 1;
    if (shown <= MOST_LINES) tools.say(text);
    if (shown === MOST_LINES + 1) tools.say('(the consent command says more, which is not shown)');
  };
}

function isAnswer(line: string, redirectUri: string): boolean {
  return URL.canParse(line) && leadsTo(new URL(line), redirectUri);
}
