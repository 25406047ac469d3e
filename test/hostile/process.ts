/** The command line as a process of its own, built from the sources of this moment. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A program that can be started. */
export interface Program {
  readonly start: (args: readonly string[], how?: Start) => Running;
  readonly remove: () => void;
}

/** How a process is started. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>;
  /** Closed at once instead of being read. */
  readonly closes?: 'stdout' | 'stderr';
  readonly cwd?: string;
  /**
   * Imported before the program. With `patience` no request runs out of time, however slow the
   * machine, until `timeIsUp` says so; with `resolver` names mean what `RESOLVED` says.
   */
  readonly imports?: 'patience' | 'resolver';
}

export interface Running {
  readonly cwd: string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends the time of every request that a patient process waits for. */
  readonly timeIsUp: () => void;
  /** Resolves with everything on stderr once it matches. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly ended: Promise<Ended>;
}

/** A process that is over. */
export interface Ended {
  /** Null for one that a signal ended: the abort of a hanging one, too. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder it ran in. */
  readonly cwd: string;
}

/** Milliseconds after which a process counts as hanging. */
const HANGS_AFTER = 90_000;

/** Builds the program into a folder of its own, where nobody builds at the same time. */
export function buildProgram(): Program {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-program-'));
  execFileSync('node', ['scripts/build.js', join(folder, 'dist')]);
  cpSync('bin', join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return {
    start: (args, how) => start(resolve(folder, 'bin/mcp-oauth-trace.js'), args, how),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A new empty folder. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hostile-run-'));
}

function start(bin: string, args: readonly string[], how: Start = {}): Running {
  const { env = {}, closes, cwd = emptyFolder(), imports } = how;
  const before = imports ? ['--import', resolve(`test/hostile/${imports}.js`)] : [];
  const child = spawn(process.execPath, [...before, bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const abort = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER);
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    if (closes === name) child[name].destroy();
    else
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
        for (const listener of listeners) listener();
      });
  }
  const ended = new Promise<Ended>((resolveEnded) => {
    child.once('close', (code) => {
      clearTimeout(abort);
      resolveEnded({ code, ...said, cwd });
    });
  });
  return {
    cwd,
    signal: (name) => void child.kill(name),
    timeIsUp: () => void child.kill('SIGUSR2'),
    says: (pattern) =>
      new Promise((found, failed) => {
        const look = (): void => {
          if (!pattern.test(said.stderr)) return;
          listeners.delete(look);
          found(said.stderr);
        };
        listeners.add(look);
        look();
        void ended.then(() => failed(new Error(`ended without ${pattern}: ${said.stderr}`)));
      }),
    ended,
  };
}
