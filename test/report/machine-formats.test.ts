import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { har } from '../../src/report/har.ts';
import { ndjson } from '../../src/report/ndjson.ts';
import { sarif } from '../../src/report/sarif.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { edit, happyTrace, PARTS } from '../rules/support.ts';
import { hostileText, hostileTrace, PLAIN, subjectOf } from './hostile.ts';

/** What other programs read, looked at member by member. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at it as those programs do, without our types
type Json = any;

const parse = (text: string): Json => JSON.parse(text);
const broken = edit().header('challenge', 'www-authenticate', undefined).trace;

describe('har', () => {
  const log = (trace = happyTrace()): Json => parse(har(subjectOf(trace), PLAIN)).log;
  const entry = (part: keyof typeof PARTS, trace = happyTrace()): Json =>
    log(trace).entries.find((one: Json) => one._id === PARTS[part]);

  it('has an entry per exchange and a page per step', () => {
    const { entries, pages, version } = log();
    expect(version).toBe('1.2');
    expect(entries).toHaveLength(happyTrace().trace_log.length);
    expect(pages.map(({ id }: Json) => id)).toContain('authorization');
  });

  it('counts TLS within connect, and time as the sum of the phases', () => {
    const { timings, time } = entry('challenge');
    expect(timings).toEqual({
      blocked: -1,
      dns: 0,
      connect: 2,
      send: 0,
      wait: 8,
      receive: 1,
      ssl: 1,
    });
    expect(time).toBe(11);
  });

  it('shows a form as parameters and a query as pairs', () => {
    expect(entry('token').request.postData.params).toContainEqual({
      name: 'grant_type',
      value: 'authorization_code',
    });
    expect(entry('authorize').request.queryString).toContainEqual({
      name: 'response_type',
      value: 'code',
    });
  });

  it('writes status 0 where no answer came, and why', () => {
    const trace = edit().noAnswer('asm', 'ECONNREFUSED').trace;
    expect(entry('asm', trace).response).toMatchObject({
      status: 0,
      _error: 'ECONNREFUSED (connect): connect ECONNREFUSED',
    });
  });

  it('carries the findings of an exchange', () => {
    expect(entry('challenge', broken)._findings).toMatchObject([
      { rule: 'www-authenticate-missing' },
    ]);
  });

  it('splits address and port, also of IPv6', () => {
    const trace = edit().exchange('asm', (one) => ({
      ...one,
      connection: { ...one.connection, remote_address: '[2001:db8::1]:443' },
    })).trace;
    expect(entry('asm', trace)).toMatchObject({
      serverIPAddress: '2001:db8::1',
      connection: '443',
    });
  });
});

describe('sarif', () => {
  const run = (trace = broken): Json => parse(sarif(subjectOf(trace), PLAIN)).runs[0];

  it('has a result per finding that points at its rule', () => {
    const { results, tool } = run();
    expect(results).toHaveLength(subjectOf(broken).judgement.findings.length);
    for (const { ruleId, ruleIndex } of results)
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(results[0]).toMatchObject({ ruleId: 'www-authenticate-missing', level: 'error' });
  });

  it('shows the request and the answer that a finding is about', () => {
    const [first] = run().results;
    expect(first?.webRequest).toMatchObject({
      method: 'POST',
      target: 'https://api.demo.test/team/mcp',
    });
    expect(first?.webResponse).toMatchObject({ statusCode: 401 });
  });

  it('says who has to act, at which step, and how', () => {
    expect(run().results[0].message.text).toMatch(/\. For the MCP server, at challenge: ./);
  });

  it('has a result for a cause that no finding tells', () => {
    const { trace } = edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge');
    const { results, tool } = run(trace);
    const [result] = results;
    expect(results).toHaveLength(1);
    expect(result).toMatchObject({ ruleId: 'flow-failed', level: 'error' });
    expect(result.message.text).toContain('For the deployment');
    expect(result.webRequest.target).toBe('https://api.demo.test/team/mcp');
    expect(tool.driver.rules[result.ruleIndex].id).toBe('flow-failed');
  });

  it('has none for a cause that is a finding', () => {
    const trace = parseTrace(readFileSync('traces/reference/asm-issuer-mismatch.json', 'utf8'));
    const ids = run(trace).results.map(({ ruleId }: Json) => ruleId);
    expect(ids).toContain('asm-issuer-mismatch');
    expect(ids).not.toContain('flow-failed');
  });

  it('warns of a server that asked for no token', () => {
    const { trace } = edit().failedAt('challenge', 'answered without asking', 'open');
    expect(run(trace).results).toMatchObject([{ ruleId: 'no-token-asked', level: 'warning' }]);
  });

  it('places every result in a file, as code scanning demands, and in the trace', () => {
    const trace = edit().header('challenge', 'www-authenticate', undefined).failedAt('token').trace;
    for (const { locations } of run(trace).results)
      expect(locations).toEqual([
        {
          physicalLocation: {
            artifactLocation: { uri: 'oauth-trace.json' },
            region: { startLine: 1 },
          },
          logicalLocations: expect.any(Array),
        },
      ]);
  });

  it('names the file of the trace as a URI', () => {
    const subject = { ...subjectOf(broken), traceFile: 'my runs/a#1%.json' };
    const [{ locations }] = parse(sarif(subject, PLAIN)).runs[0].results;
    expect(locations[0].physicalLocation.artifactLocation.uri).toBe('my%20runs/a%231%25.json');
  });

  it('calls a broken run unsuccessful', () => {
    const [invocation] = run(edit().failedAt('token').trace).invocations;
    expect(invocation?.executionSuccessful).toBe(false);
  });
});

describe('ndjson', () => {
  const lines = (trace = happyTrace(), options = {}): readonly string[] =>
    ndjson(subjectOf(trace), { ...PLAIN, ...options })
      .trimEnd()
      .split('\n');

  it('is one exchange a line, with its role and findings', () => {
    const all = lines(broken);
    expect(all).toHaveLength(broken.trace_log.length);
    expect(parse(all[0] ?? '')).toMatchObject({
      id: 1,
      role: 'mcp',
      findings: ['www-authenticate-missing'],
    });
  });

  it('can be narrowed', () => {
    expect(lines(happyTrace(), { step: 'token' })).toHaveLength(1);
  });
});

describe('JSON formats', () => {
  it('hold every hostile text and give it back', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const trace = hostileTrace(text);
        const subject = subjectOf(trace);
        const exchanges = ndjson(subject, PLAIN).trimEnd().split('\n').map(parse);
        expect(exchanges.map(({ id, request }) => ({ id, request }))).toEqual(
          parse(JSON.stringify(trace.trace_log.map(({ id, request }) => ({ id, request })))),
        );
        expect(() => parse(har(subject, PLAIN))).not.toThrow();
        expect(() => parse(sarif(subject, PLAIN))).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });
});
