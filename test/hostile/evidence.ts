/** What holds of every run, whatever the server did. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseTrace } from '../../src/trace/parse.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { leaksIn } from './leaks.ts';
import type { Ended } from './process.ts';

/** The one trace of a run: alone in its folder, for its owner only, valid by the schema. */
export function savedTrace(cwd: string): { readonly trace: Trace; readonly text: string } {
  const folder = join(cwd, 'traces');
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  const path = join(folder, names[0] ?? '');
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  const text = readFileSync(path, 'utf8');
  return { trace: parseTrace(text, path), text };
}

/** A run that ended on its own with this code, lost nothing, told no secret and obeyed no server. */
export function expectUnharmed(
  ended: Ended,
  codes: readonly number[],
  secrets: readonly string[],
): Trace {
  expect({ code: ended.code, ...(codes.includes(ended.code ?? -1) ? {} : ended) }).toEqual({
    code: codes.find((code) => code === ended.code) ?? codes,
  });
  const { trace, text } = savedTrace(ended.cwd);
  expect(leaksIn([text, ended.stdout, ended.stderr], secrets)).toEqual([]);
  expectPlain(ended);
  return trace;
}

/** Nothing a terminal obeys, and no stack trace. */
export function expectPlain({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): void {
  for (const text of [stdout, stderr]) {
    expect(text.match(STEERING) ?? []).toEqual([]);
    expect(text).not.toMatch(/^\s+at .*[:(]\d+:\d+\)?$/m);
  }
}

/** Control characters but line ends and tabs, and characters that turn the text around. */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
