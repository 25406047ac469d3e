import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeServerLog } from '../../src/trace/merge.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { redact } from '../../src/trace/redact.ts';
import type { Exchange, Header, Trace } from '../../src/trace/schema.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { exchange, formBody, type Parts, traceOf } from './support.ts';

const RUN = '0af7651916cd43dd8448eb211c80319c';

function parent(span: number, run = RUN): Header {
  return ['traceparent', `00-${run}-${span.toString(16).padStart(16, '0')}-01`];
}

const GATEWAY = 'https://mcp.demo.example/';
const trace = traceOf(
  { url: GATEWAY, method: 'POST', step: 'challenge', headers: [parent(1)] },
  { url: `${GATEWAY}?a=<token #1>`, method: 'POST', headers: [parent(2)] },
);

function seen(id: number, by: string, parts: Parts, more: Partial<Exchange> = {}): Exchange {
  return { ...exchange(parts, id), seen_by: by, ...more };
}

const arrival = seen(1, 'gateway', { url: GATEWAY, method: 'POST', headers: [parent(2)] });
const introspection = seen(2, 'login', {
  url: 'http://127.0.0.1:1/introspect',
  method: 'POST',
  step: 'token',
  headers: [parent(2), ['user-agent', 'gateway']],
  body: formBody({ grant_type: 'refresh_token' }),
});
const forwarded = seen(3, 'mcp-server', {
  url: 'http://127.0.0.1:2/',
  method: 'POST',
  headers: [parent(2), ['via', '1.0 elsewhere, 1.1 gateway']],
});

function shown({ trace_log }: Trace): readonly unknown[] {
  return trace_log.map(({ id, step, channel, caused_by, seen_by, sent_by }) => [
    id,
    step,
    channel,
    caused_by,
    sent_by,
    seen_by,
  ]);
}

test('what servers did for a request stands behind it, told by whom it was sent and seen', () => {
  expect(shown(mergeServerLog(trace, [forwarded, introspection, arrival]))).toEqual([
    [1, 'challenge', 'back', null, undefined, undefined],
    [2, 'call', 'back', null, undefined, undefined],
    [3, 'call', 'back', 2, 'gateway', 'login'],
    [4, 'call', 'back', 2, 'gateway', 'mcp-server'],
  ]);
});

test('a hop that comes before the last request is numbered after it all the same', () => {
  const early = { ...introspection, request: { ...introspection.request, headers: [parent(1)] } };
  expect(mergeServerLog(trace, [early]).trace_log.map(({ id }) => id)).toEqual([1, 3, 2]);
});

test('a proxy that hands on the very URL has its hop too', () => {
  const again = seen(5, 'mcp-server', { url: GATEWAY, method: 'POST', headers: [parent(2)] });
  const { trace_log: log } = mergeServerLog(trace, [arrival, again]);
  expect(log.map(({ seen_by }) => seen_by)).toEqual([undefined, undefined, 'mcp-server']);
});

test('a server that numbers its own requests is placed by the clock', () => {
  const at = (time: string) => ({ started_at: `2026-01-15T10:30:${time}Z` });
  const run: Trace = {
    ...trace,
    trace_log: trace.trace_log.map((one, index) => ({ ...one, ...at(`0${index}.000`) })),
  };
  const other = (time: string) => seen(1, 'login', { headers: [parent(99)] }, at(time));
  const causes = (time: string) => mergeServerLog(run, [other(time)]).trace_log;
  expect(causes('00.500').find(({ seen_by }) => seen_by)?.caused_by).toBe(1);
  expect(causes('01.000').find(({ seen_by }) => seen_by)?.caused_by).toBe(2);
  expect(
    mergeServerLog(run, [
      seen(1, 'login', { headers: [parent(99)] }, { started_at: '2026-01-15T10:29:59Z' }),
    ]),
  ).toEqual(run);
});

test.each([
  ['of another run', [parent(2, 'f'.repeat(32))]],
  ['without a traceparent', []],
  ['with one that is none', [['traceparent', 'nonsense']]],
] as const)('an exchange %s is left out', (_, headers) => {
  expect(mergeServerLog(trace, [seen(1, 'login', { headers })])).toEqual(trace);
});

test('a server without a name goes by its host, and a name is never more than one', () => {
  const hop = { ...introspection, seen_by: '<b>\u001b[31m' };
  const { seen_by: _, ...nameless } = introspection;
  const names = [hop, nameless].map(
    (one) => mergeServerLog(trace, [one]).trace_log.at(-1)?.seen_by,
  );
  expect(names).toEqual(['b31m', '127.0.0.1:1']);
});

test('what other servers did is never taken for what the client did', () => {
  const view = viewTrace(mergeServerLog(trace, [introspection]));
  expect(view.tokenRequests()).toEqual([]);
});

test('a redacted trace takes the log of the same run, and both are redacted alike', () => {
  const bearer: Header = ['authorization', 'Bearer kJ8s-9dkQmZ0a7yXw3Vn5t'];
  const run = traceOf({ url: GATEWAY, method: 'POST', headers: [parent(1), bearer] });
  const hop = seen(1, 'mcp-server', { url: 'http://127.0.0.1:2/', headers: [parent(1), bearer] });
  const merged = redact(mergeServerLog(redact(run), [hop]));
  const values = merged.trace_log.map(({ request }) => request.headers[1]?.[1]);
  expect(values).toHaveLength(2);
  expect(new Set(values).size).toBe(1);
  expect(JSON.stringify(merged)).not.toContain('kJ8s');
});

test('a merged trace is a trace', () => {
  const merged = mergeServerLog(trace, [arrival, introspection, forwarded]);
  expect(parseTrace(JSON.stringify(merged))).toEqual(merged);
});

test('a trace too long for one call of a function takes a log too', () => {
  const [first] = trace.trace_log as [Exchange];
  const long = Array.from({ length: 150_000 }, (_, index) => ({ ...first, id: index + 1 }));
  const merged = mergeServerLog({ ...trace, trace_log: long }, []);
  expect(merged.trace_log).toHaveLength(long.length);
});

test('merging keeps what the client saw, in its order, and gives every exchange an id of its own', () => {
  const entry = fc
    .record({
      span: fc.integer({ min: 1, max: 4 }),
      second: fc.integer({ min: 0, max: 59 }),
      id: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ span, second, id }) =>
      seen(
        id,
        'login',
        { headers: [parent(span)] },
        { started_at: new Date(second * 1000).toISOString() },
      ),
    );
  fc.assert(
    fc.property(fc.array(entry), (log) => {
      const merged = mergeServerLog(trace, log).trace_log;
      expect(merged.filter(({ seen_by }) => seen_by === undefined)).toEqual(trace.trace_log);
      expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
    }),
  );
});
