/** The programs of Debian that read what we write. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeEach } from 'vitest';

/** A program and the package it comes in. */
export interface Program {
  readonly path: string;
  readonly debian: string;
}

/** Where CHROMIUM says, or where Debian puts it. */
export const CHROMIUM: Program = {
  path: process.env.CHROMIUM ?? '/usr/bin/chromium',
  debian: 'chromium',
};
export const CURL: Program = { path: '/usr/bin/curl', debian: 'curl' };
export const PLANTUML: Program = { path: '/usr/bin/plantuml', debian: 'plantuml' };

/** True on a machine that has it. */
export function isPresent({ path }: Program): boolean {
  return existsSync(path);
}

/**
 * Skips the tests of the group, and says why, on a machine that has it not. In CI they fail: a proof that
 * nobody saw is none.
 */
export function needs(program: Program): void {
  beforeEach(({ skip }) => {
    if (isPresent(program)) return;
    const message = `${program.path} is absent: apt-get install ${program.debian}`;
    if (process.env.CI) throw new Error(message);
    skip(message);
  });
}

/** How a program ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. */
export function run(
  file: string,
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ending> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: { PATH: process.env.PATH, ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    child.stdin?.on('error', () => {
      // A program that does not read its input closes it early.
    });
    child.stdin?.end(input);
  });
}
