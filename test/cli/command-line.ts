/** The command line in this process, with streams that are collected. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';

/** What surrounds a command. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly columns?: number;
  /** True for somebody who sits at a terminal. */
  readonly terminal?: boolean;
  /** The same of stdout. */
  readonly onStdout?: (text: string, interrupt: () => void) => void;
  /** Hears of each write to stderr; `interrupt` is Ctrl-C. */
  readonly onStderr?: (text: string, interrupt: () => void) => void;
  /** Answers what is asked on the terminal. */
  readonly answer?: (question: string) => Promise<string>;
  /** Answers what is asked for there and not shown. */
  readonly secret?: (question: string) => string;
}

/** What a command left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Files that were opened for the user. */
  readonly opened: readonly string[];
}

/** Runs one command line. */
export async function commandLine(
  argv: readonly string[],
  { env = {}, stdin = '', cwd = folder(), columns = 80, ...given }: Surroundings = {},
): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const opened: string[] = [];
  const interrupts = new Set<() => void>();
  const interrupt = (): void => {
    for (const callback of interrupts) callback();
  };
  const { terminal = false, onStdout, onStderr, answer, secret } = given;
  const io: Io = {
    stdout: (text) => {
      said.stdout += text;
      onStdout?.(text, interrupt);
    },
    stderr: (text) => {
      said.stderr += text;
      onStderr?.(text, interrupt);
    },
    env,
    cwd,
    isTerminal: { stdin: terminal, stdout: terminal, stderr: terminal },
    columns,
    now: () => new Date(),
    readStdin: async () => stdin,
    ask: async (question) => (answer ? await answer(question) : ''),
    askSecret: async (question) => secret?.(question) ?? '',
    openFile: async (path) => void opened.push(path),
    onInterrupt: (callback) => {
      interrupts.add(callback);
      return () => void interrupts.delete(callback);
    },
  };
  return { code: await main(argv, io), ...said, opened };
}

/** An empty folder, gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'command-line-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
