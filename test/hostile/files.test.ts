/** Files that are no trace of ours, or were one. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serialize } from '../../src/trace/serialize.ts';
import { happyTrace } from '../rules/support.ts';
import { expectPlain } from './evidence.ts';
import { buildProgram, emptyFolder, type Program } from './process.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

const good = serialize(happyTrace());

/** Content, and the codes that `check` and `show` may end with. */
const FILES: Readonly<
  Record<string, { readonly content: () => string | Buffer; readonly codes: readonly number[] }>
> = {
  'an empty file': { content: () => '', codes: [2] },
  'a truncated trace': { content: () => good.slice(0, good.length / 2), codes: [2] },
  'half a character': { content: () => Buffer.from([0x22, 0xc3]), codes: [2] },
  'a compressed trace': { content: () => gzipSync(good), codes: [2] },
  'another document': { content: () => '{"name":"mcp-oauth-trace","version":"1"}', codes: [2] },
  null: { content: () => 'null', codes: [2] },
  'a trace of the future': {
    content: () => good.replace(/"trace_version": \d+/, '"trace_version": 99'),
    codes: [2],
  },
  'a version that is text': {
    content: () => good.replace(/"trace_version": \d+/, '"trace_version": "\u001b[2J"'),
    codes: [2],
  },
  'a log that is an object': {
    content: () => JSON.stringify({ ...JSON.parse(good), trace_log: {} }),
    codes: [2],
  },
  'hand-edited statuses': {
    content: () => good.replaceAll(/"status": \d+/g, '"status": -1e9'),
    codes: [0, 1, 2],
  },
  'hand-edited times': {
    content: () => good.replaceAll(/"started_at": "[^"]*"/g, '"started_at": "yesterday"'),
    codes: [0, 1, 2],
  },
  'hand-edited URLs': {
    content: () => good.replaceAll(/"url": "[^"]*"/g, '"url": "\\u001b]0;x\\u0007::"'),
    codes: [0, 1, 2],
  },
  'hand-edited ids': { content: () => good.replaceAll(/"id": \d+/g, '"id": 1'), codes: [0, 1, 2] },
  'members called __proto__': {
    content: () =>
      good.replaceAll('"trace_version"', '"__proto__": {"polluted": true}, "trace_version"'),
    codes: [0, 1],
  },
  'members called __proto__ everywhere': {
    content: () =>
      good.replaceAll('{', '{"__proto__": {"polluted": 1}, ').replaceAll(/, ([\]}])/g, '$1'),
    codes: [0, 1, 2],
  },
  'a hundred thousand brackets': {
    content: () => '['.repeat(100_000) + ']'.repeat(100_000),
    codes: [2],
  },
  'a body of a hundred thousand brackets': {
    content: () => {
      const trace = JSON.parse(good);
      for (const { response } of trace.trace_log)
        if (response?.body) response.body.text = '['.repeat(100_000) + ']'.repeat(100_000);
      return JSON.stringify(trace);
    },
    codes: [0, 1],
  },
  'fifty megabytes': {
    content: () => {
      const trace = JSON.parse(good);
      const [one] = trace.trace_log;
      const text = 'x'.repeat(200_000);
      const body = { media_type: 'text/plain', size: text.length, text };
      for (let id = trace.trace_log.length + 1; id <= 260; id += 1)
        trace.trace_log.push({ ...one, id, response: { status: 200, headers: [], body } });
      return JSON.stringify(trace);
    },
    codes: [0, 1],
  },
  'fifty megabytes of brackets': { content: () => '[{"a":'.repeat(9_000_000), codes: [2] },
};

describe.concurrent.each(Object.entries(FILES))('%s', (_, { content, codes }) => {
  test('gets an answer or one clear error from every command', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'a.json'), content());
    writeFileSync(join(cwd, 'b.json'), good);
    for (const args of [
      ['check', 'a.json'],
      ['show', 'a.json', '--format', 'text'],
      ['show', 'a.json', '--format', 'har'],
      ['diff', 'a.json', 'b.json'],
      ['diff', 'b.json', 'a.json'],
    ]) {
      const ended = await program.start(args, { cwd }).ended;
      expect(codes.concat(args[0] === 'diff' && codes.includes(0) ? [1] : [])).toContain(
        ended.code,
      );
      expectPlain(ended);
      if (ended.code === 2) expect(ended.stderr).toMatch(/^mcp-oauth-trace: .+\n$/);
    }
    expect(readFileSync(join(cwd, 'b.json'), 'utf8')).toBe(good);
    expect(readdirSync(cwd).sort()).toEqual(['a.json', 'b.json']);
  });
});
