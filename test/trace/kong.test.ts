import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceFileError } from '../../src/trace/file-error.ts';
import { headerValue, headerValues } from '../../src/trace/headers.ts';
import { importKong } from '../../src/trace/import.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { readServerLog } from '../../src/trace/server-log.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { exchange } from './support.ts';

const log = readFileSync(new URL('../../fixtures/kong/file-log.jsonl', import.meta.url), 'utf8');

test("Kong's lines become exchanges in the order of time, each at its step", () => {
  expect(importKong(log).trace_log.map(({ id, step, channel }) => [id, step, channel])).toEqual([
    [1, 'challenge', 'back'],
    [2, 'resource-metadata', 'back'],
    [3, 'server-metadata', 'back'],
    [4, 'registration', 'back'],
    [5, 'authorization', 'front'],
    [6, 'authorization', 'front'],
    [7, 'token', 'back'],
    [8, 'call', 'back'],
  ]);
});

test('the URL is the one that the client used, not the one of the container', () => {
  const [first] = importKong(log).trace_log;
  expect(first?.request.url).toBe('https://mcp.demo.example/');
});

test('bodies that the plugin adds are there, with their size', () => {
  const token = importKong(log).trace_log[6];
  expect(token?.request.body?.text).toMatch(/^grant_type=authorization_code&code=/);
  expect(token?.response?.body).toMatchObject({ media_type: 'application/json', size: 132 });
});

test('of a compressed body only the size is kept', () => {
  expect(importKong(log).trace_log[5]?.response?.body).toEqual({
    media_type: 'text/html',
    size: 15,
    truncated: true,
  });
});

test('a header that came twice stays two', () => {
  const headers = importKong(log).trace_log[4]?.response?.headers ?? [];
  expect(headerValues(headers, 'set-cookie')).toEqual(['a=1; Path=/', 'b=2; Path=/']);
});

test('the trace says what Kong saw of the run', () => {
  const { metadata, sequence_summary: summary } = importKong(log);
  expect(metadata).toMatchObject({
    tool: { name: 'kong', version: '3.9.1' },
    server_url: 'https://mcp.demo.example/',
    timestamp: '2025-10-07T08:26:00.000Z',
    duration_ms: 9112,
    total_requests: 8,
    revision: { asked: 'auto', used: '2025-06-18' },
    source: 'kong',
  });
  expect(summary).toMatchObject({
    outcome: 'completed',
    failed_step: null,
    client_id: '15d64f90-5df1-4ab8-ae48-af0aa2e6d562',
    auth_code_received: true,
    access_token_received: true,
    refresh_token_received: false,
  });
});

test('what is imported reads back as a trace and answers questions', () => {
  const view = viewTrace(parseTrace(JSON.stringify(importKong(log))));
  expect(view.registration?.document.token_endpoint_auth_method).toBe('client_secret_basic');
  expect(view.anonymousCalls).toHaveLength(1);
  expect(headerValue(view.authorizedCalls[0]?.request.headers ?? [], 'authorization')).toBe(
    'REDACTED',
  );
});

test('a run without an answered call is a failed one', () => {
  const lines = log.split('\n').filter((line) => !line.includes('serverInfo'));
  const { sequence_summary: summary } = importKong(lines.join('\n'));
  expect(summary.outcome).toBe('failed');
  expect(summary.reason).toBe('no call with a token was answered');
});

test('a log without any exchange is refused by name', () => {
  expect(() => readServerLog('nothing\n{"a":1}\n', 'kong.log')).toThrow(
    expect.objectContaining({
      code: 'NOT_A_TRACE',
      message: expect.stringContaining('"kong.log"'),
    }),
  );
});

test('exchanges in the form of a trace and Kong lines may stand in one log', () => {
  const own = JSON.stringify({ ...exchange({}), seen_by: 'mcp-server' });
  expect(readServerLog(`${own}\n${log}`)).toHaveLength(9);
  expect(readServerLog(own)[0]?.seen_by).toBe('mcp-server');
});

test('whatever stands in a log, reading it gives exchanges or says that there are none', () => {
  const part = fc.oneof(
    fc.string(),
    fc.double(),
    fc.constant(null),
    fc.dictionary(fc.string(), fc.string()),
  );
  const line = fc.record({
    request: fc.record({
      method: fc.string(),
      url: fc.string(),
      uri: part,
      headers: part,
      body: part,
      tls: part,
    }),
    response: fc.record({ status: part, headers: part, body: part }),
    latencies: part,
    started_at: fc.double(),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.jsonValue()), { minLength: 1 }), (lines) => {
      const text = lines.map((one) => JSON.stringify(one)).join('\n');
      const read = (): unknown => parseTrace(JSON.stringify(importKong(text)));
      expect(outcomeOf(read)).toMatch(/^(?:read|NOT_A_TRACE)$/);
    }),
  );
});

function outcomeOf(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    if (error instanceof TraceFileError && /holds no exchange/.test(error.message))
      return error.code;
    throw error;
  }
}
