/** What JavaScript hands over where types would have said no. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { folder } from '../cli/command-line.ts';

type Untyped = (...given: readonly unknown[]) => unknown;
const { diff, findCause, judge, readTrace, report, trace, writeTrace } = library as unknown as {
  readonly [Name in keyof typeof library]: Untyped;
};

const SAVED = 'traces/reference/token-no-refresh-token.json';
const run = library.readTrace(SAVED);
const promise = Promise.resolve(run);
const consent = library.form();
const SERVER = 'http://127.0.0.1:8000/mcp';
/** Nothing is sent. */
const signal = AbortSignal.abort();

test.each<[string, () => unknown, string]>([
  [
    'trace',
    () => trace(undefined, { consent }),
    'got undefined, expected the URL of an MCP server',
  ],
  ['trace', () => trace(8000, { consent }), 'got 8000, expected the URL of an MCP server'],
  ['trace', () => trace({}, { consent }), 'got an object, expected the URL of an MCP server'],
  ['trace', () => trace(SERVER), 'has no options.consent, expected a way to approve: '],
  ['trace', () => trace(SERVER, {}), 'has no options.consent, expected a way to approve: '],
  ['trace', () => trace(SERVER, { consent: 'form' }), 'got "form" as options.consent, expected'],
  ['trace', () => trace(SERVER, { consent: library.form }), 'got a function as options.consent'],
  ['judge', () => judge(), 'got undefined, expected a trace'],
  ['judge', () => judge(null), 'got null, expected a trace'],
  ['judge', () => judge(promise), 'got a promise, expected a trace: await is missing'],
  ['judge', () => judge(SAVED), `got "${SAVED}", expected a trace: readTrace(path) reads one`],
  ['judge', () => judge([run]), 'got a list, expected a trace'],
  ['judge', () => judge({ ...run, secrets: undefined }), 'got an object without secrets, expected'],
  ['findCause', () => findCause(promise), 'got a promise, expected a trace: await is missing'],
  ['findCause', () => findCause(judge(run)), 'got an object without metadata, expected a trace'],
  ['diff', () => diff(run), 'got undefined, expected a trace'],
  ['diff', () => diff(promise, run), 'got a promise, expected a trace: await is missing'],
  ['report', () => report(undefined, 'text'), 'got undefined, expected a trace'],
  ['report', () => report(promise, 'text'), 'got a promise, expected a trace: await is missing'],
  ['readTrace', () => readTrace(), 'got undefined, expected the path of a trace file'],
  ['readTrace', () => readTrace(new URL(SERVER)), 'got an object, expected the path of a trace'],
  ['writeTrace', () => writeTrace(run, 'a.json'), 'got an object, expected the path of a trace'],
  ['writeTrace', () => writeTrace('a.json'), 'got undefined, expected a trace'],
  ['writeTrace', () => writeTrace('a.json', promise), 'got a promise, expected a trace: await is'],
])('%s says what it got: %#', async (name, call, told) => {
  const error = await Promise.resolve()
    .then(call)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).toContain(`TypeError: ${name}() ${told}`);
});

test('a URL object will do where a URL or a path is asked for', async () => {
  const path = join(folder(), 'a b.json');
  copyFileSync(SAVED, path);
  expect(library.readTrace(pathToFileURL(path))).toEqual(run);
  const beside = join(folder(), 'b.json');
  expect(library.writeTrace(pathToFileURL(beside), run)).toBe(beside);
  const { metadata } = await library.trace(new URL(SERVER), { consent, signal });
  expect(metadata.server_url).toBe(SERVER);
});

test('a draft is the newest revision, and what is none is refused', async () => {
  const draft = await library.trace(SERVER, { consent, signal, revision: 'draft' });
  const newest = await library.trace(SERVER, { consent, signal, revision: '2026-07-28' });
  expect(draft.metadata.revision).toEqual(newest.metadata.revision);
  await expect(trace(SERVER, { consent, revision: '2024-11-05' })).rejects.toThrow(
    'revision "2024-11-05" is not auto, draft or one of 2025-03-26,',
  );
});

test('a diff of steps that are none is refused in a sentence that names them', () => {
  const run = library.readTrace('traces/reference/healthy.json');
  const of = (...only: readonly string[]) => library.diff(run, run, { only });
  expect(() => of('token', 'tokn')).toThrow(RangeError);
  expect(() => of('tokn')).toThrow('options.only is ["tokn"], expected steps of challenge, ');
  expect(() => of()).toThrow('options.only is [], expected steps of challenge, ');
  expect(of('token').same).toBe(true);
});
