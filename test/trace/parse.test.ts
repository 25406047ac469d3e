import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/report/json.ts';
import { judge } from '../../src/rules/judge.ts';
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

describe('a JSON report', () => {
  const trace = happyTrace();
  const judgement = judge(trace);
  const report = (options: { step?: string; exchange?: number } = {}): string =>
    json({ trace, judgement }, { color: false, width: 80, ...options });

  it('is read as the trace that it carries', () => {
    expect(parseTrace(report())).toEqual(trace);
  });

  it('may carry a trace of an older version', () => {
    const old = JSON.parse(fixture('version-0.json'));
    const reported = JSON.stringify({ ...JSON.parse(report()), trace: old });
    expect(parseTrace(reported)).toEqual(parseTrace(fixture('version-0.json')));
  });

  it.each([{ step: 'token' }, { exchange: 3 }])('of a part is no whole trace: %j', (options) => {
    const { code, message } = errorOf(report(options));
    expect(code).toBe('NOT_A_TRACE');
    expect(message).toBe(
      '"a.json" is a report of a part of the exchanges, expected all of them: make it without --step and --exchange',
    );
  });

  it.each(['findings', 'counts', 'trace'])('is not seen in a document without %s', (member) => {
    const { [member]: _, ...rest } = JSON.parse(report());
    expect(errorOf(JSON.stringify(rest)).message).toContain('no metadata and trace_log');
  });

  it('is named where its trace is broken', () => {
    const broken = JSON.parse(report());
    delete broken.trace.trace_log[0].request.url;
    expect(errorOf(JSON.stringify(broken)).message).toContain(
      '"a.json" is not a valid trace: trace_log[0].request.url: expected string',
    );
  });

  it('is refused where its trace nests too deep', () => {
    const { trace: reported, ...rest } = JSON.parse(report());
    const claims = nested('{"a":', 500, '}');
    const secrets = `"secrets":[{"label":"<id_token a>","length":1,"jwt":{"header":{},"claims":${claims}}}]`;
    const text = `{${JSON.stringify(rest).slice(1, -1)},"trace":{${JSON.stringify(reported).slice(1, -1)},${secrets}}}`;
    expect(errorOf(text).code).toBe('TOO_DEEP');
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
