/** The built program as a process of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was built, and where. */
export interface Program {
  /** Path of the script that starts it. */
  readonly bin: string;
  readonly run: (args: readonly string[], how?: Circumstances) => Run;
  readonly remove: () => void;
}

/** What surrounds a process. */
export interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Undefined for none; null for one that stays open, to be typed into. */
  readonly stdin?: string | null;
  /** At a terminal of its own, where stderr stands in stdout: util-linux's `script` makes it. */
  readonly terminal?: boolean;
}

/** A process that runs. */
export interface Run {
  readonly cwd: string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly type: (text: string) => void;
  /** Closes our end of its output, as `head` does. */
  readonly hangUp: (stream: 'stdout' | 'stderr') => void;
  /** Resolves with the match once the output holds it. */
  readonly seen: (stream: 'stdout' | 'stderr', pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** A process that is over. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds the program from the sources of this moment into a folder of its own. */
export function buildProgram(): Program {
  const home = mkdtempSync(join(tmpdir(), 'program-'));
  const bin = join(home, 'bin/mcp-oauth-trace.js');
  cpSync('bin', join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  execFileSync(process.execPath, ['scripts/build.js', join(home, 'dist')]);
  return {
    bin,
    run: (args, how) => run(bin, args, how ?? {}, home),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function run(bin: string, args: readonly string[], how: Circumstances, home: string): Run {
  const { env = {}, stdin = '', cwd = mkdtempSync(join(home, 'run-')), terminal } = how;
  const line = [process.execPath, bin, ...args];
  const words = terminal ? ['script', '-qefc', line.map(quotedWord).join(' '), '/dev/null'] : line;
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, {
    cwd,
    env: { PATH: process.env.PATH, HOME: home, ...env },
  });
  if (stdin !== null) child.stdin.end(stdin);
  const said = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      for (const watcher of watchers) watcher();
    });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, ...said }));
  });
  return {
    cwd,
    kill: (signal) => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
    hangUp: (stream) => void child[stream].destroy(),
    ended,
    seen: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(said[stream]);
          if (found) resolve(found);
        };
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without ${pattern}: ${said.stderr}`)));
      }),
  };
}

function quotedWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
