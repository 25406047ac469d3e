import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceFileError } from '../../src/trace/file-error.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { serialize } from '../../src/trace/serialize.ts';
import { happyTrace } from '../rules/happy-trace.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/traces/${name}`, import.meta.url), 'utf8');

const errorOf = (text: string): TraceFileError => {
  try {
    parseTrace(text, 'a.json');
  } catch (error) {
    if (error instanceof TraceFileError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const nested = (open: string, levels: number, close: string): string =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;

describe('a file that is no trace', () => {
  it.each([
    ['NOT_JSON', 'an empty file', '', 'is empty'],
    ['NOT_JSON', 'a cut file', fixture('truncated.json'), 'breaks off before its end'],
    ['NOT_JSON', 'some other text', 'MCP server  http://127.0.0.1\n', 'is not JSON'],
    ['NOT_JSON', 'almost JSON', '{"a": 1,}', 'is not JSON'],
    ['NOT_A_TRACE', 'a number', '1', 'no metadata and trace_log'],
    ['NOT_A_TRACE', 'a list', '[]', 'no metadata and trace_log'],
    ['NOT_A_TRACE', 'another document', '{"log": {"entries": []}}', 'no metadata and trace_log'],
    [
      'NOT_A_TRACE',
      'a version in words',
      '{"trace_version": "1", "metadata": {}, "trace_log": []}',
      'trace_version is "1"',
    ],
    [
      'NOT_A_TRACE',
      'a negative version',
      '{"trace_version": -1, "metadata": {}, "trace_log": []}',
      'trace_version is -1',
    ],
    [
      'FROM_THE_FUTURE',
      'a newer file',
      fixture('from-the-future.json'),
      'trace_version 7 was written by a newer mcp-oauth-trace; this one reads up to 1: update it',
    ],
    ['NOT_JSON', 'brackets without end', '['.repeat(1_000_000), 'breaks off before its end'],
    ['TOO_DEEP', 'deep arrays', nested('[', 1_000_000, ']'), 'nests deeper'],
    ['TOO_DEEP', 'deep objects', nested('{"a":', 500_000, '}'), 'nests deeper'],
    [
      'TOO_DEEP',
      'deep objects below a name that is taken out',
      nested('{"__proto__":', 500_000, '}'),
      'nests deeper',
    ],
    [
      'TOO_DEEP',
      'deep claims',
      `{"trace_version":1,"metadata":{},"trace_log":[],"secrets":[{"jwt":{"claims":${nested('{"a":', 500_000, '}')}}}]}`,
      'nests deeper',
    ],
  ])('is refused as %s: %s', (code, _, text, message) => {
    const error = errorOf(text);
    expect({ code: error.code, message: error.message }).toEqual({
      code,
      message: expect.stringContaining(message),
    });
    expect(error.message).toContain('"a.json"');
  });

  it('names the first faults and counts the rest', () => {
    const trace = happyTrace();
    const broken = JSON.parse(serialize(trace));
    for (const exchange of broken.trace_log) delete exchange.request.url;
    const { message } = errorOf(JSON.stringify(broken));
    expect(message).toContain('trace_log[0].request.url: expected string, received undefined');
    expect(message).toContain(`and ${trace.trace_log.length - 3} more`);
  });

  it('gives nothing but a TraceFileError, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json({ maxDepth: 8 }),
          fc
            .record({
              trace_version: fc.constantFrom(undefined, 0, 1, 2, null, 'x', 1.5),
              metadata: fc.anything({ maxDepth: 2 }),
              sequence_summary: fc.anything({ maxDepth: 3 }),
              trace_log: fc.array(fc.anything({ maxDepth: 3 })),
            })
            .map((value) => JSON.stringify(value)),
        ),
        (text) => {
          try {
            parseTrace(text);
          } catch (error) {
            expect(error).toBeInstanceOf(TraceFileError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives nothing but a TraceFileError for a trace cut at any place', () => {
    const text = serialize(happyTrace()).trimEnd();
    for (let end = 0; end < text.length; end += 97)
      expect(errorOf(text.slice(0, end)).code).toBe('NOT_JSON');
  });
});

describe('a file with dangerous names', () => {
  it('is read without them and pollutes nothing', () => {
    const trace = parseTrace(fixture('polluting.json'));
    const { metadata, secrets } = trace;
    const claims = secrets.find(({ jwt }) => jwt)?.jwt?.claims;
    expect(Object.hasOwn(claims ?? {}, '__proto__')).toBe(false);
    expect(
      [metadata, metadata.tool, claims, {}].map((one) => (one as { polluted?: unknown }).polluted),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('a file of this version', () => {
  it('is read as it was written', () => {
    expect(serialize(parseTrace(fixture('version-1.json')))).toBe(fixture('version-1.json'));
  });

  it('may hold brackets in its texts', () => {
    const trace = happyTrace();
    const noted = {
      ...trace,
      sequence_summary: { ...trace.sequence_summary, reason: '[{"'.repeat(500) },
    };
    expect(parseTrace(serialize(noted))).toEqual(noted);
  });

  it('may hold keys of a later addition', () => {
    const later = { ...JSON.parse(serialize(happyTrace())), later: { a: 1 } };
    expect(parseTrace(JSON.stringify(later))).toEqual(happyTrace());
  });
});
