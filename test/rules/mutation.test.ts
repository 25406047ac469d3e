import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findCause } from '../../src/rules/cause.ts';
import { judge } from '../../src/rules/judge.ts';
import { REVISIONS } from '../../src/spec/revisions.ts';
import { type Exchange, STEP_IDS, type Trace, traceSchema } from '../../src/trace/schema.ts';
import { happyTrace, jsonBody, textBody } from './support.ts';

/** How many broken traces to judge; MUTATIONS=10000 for a long look. */
const RUNS = Number(process.env.MUTATIONS ?? 1000);

const junkText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    'null',
    '{}',
    '[]',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":1,"result":null,"error":7}',
    'https://',
    'http://[::1',
    'javascript:alert(1)',
    '//x',
    '%E0%A4%A',
    '<form',
    'Bearer',
    'Bearer error="insufficient_scope", scope',
    'data: {"jsonrpc":"2.0","id":[],"method":{}}\n\n',
    `${'['.repeat(500)}`,
    'a=b&a=c&=&%',
    'eyJhbGciOiJub25lIn0.e30.',
    '<access_token abcdefghijkl>',
    '__proto__',
    'toString',
  ),
);
const junk = fc.oneof(
  junkText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    [null],
    [[]],
    [{}],
    -1,
    0,
    1e308,
    true,
    { toString: 1, valueOf: null },
    { __proto__: null, length: 3 },
    { constructor: { name: 4 }, hasOwnProperty: 1 },
  ),
);

type Mutation = (trace: Trace) => Trace;

/** Changes the exchange at an index, counted around. */
const at =
  (index: number, change: (exchange: Exchange) => Exchange): Mutation =>
  (trace) => ({
    ...trace,
    trace_log: trace.trace_log.map((one, place) =>
      place === index % trace.trace_log.length ? change(one) : one,
    ),
  });

const index = fc.nat({ max: 40 });

/** One member, at any depth, of the JSON of a request or a response. */
const member = fc
  .tuple(index, fc.constantFrom('request', 'response'), fc.nat({ max: 60 }), fc.option(junk))
  .map(([place, side, nth, value]) =>
    at(place, (one) => {
      const text = one[side as 'request' | 'response']?.body?.text;
      const document = parse(text);
      if (document === undefined) return one;
      const body = jsonBody(replaceNth(document, nth, value));
      return side === 'request'
        ? { ...one, request: { ...one.request, body } }
        : { ...one, response: one.response && { ...one.response, body } };
    }),
  );

const body = fc
  .tuple(
    index,
    fc.boolean(),
    junkText,
    fc.constantFrom(
      '',
      'application/json',
      'text/html',
      'text/event-stream',
      'application/x-www-form-urlencoded',
    ),
    fc.boolean(),
  )
  .map(([place, isRequest, text, type, truncated]) =>
    at(place, (one) => {
      const junkBody = { ...textBody(text, type), ...(truncated && { truncated }) };
      return isRequest
        ? { ...one, request: { ...one.request, body: junkBody } }
        : { ...one, response: one.response && { ...one.response, body: junkBody } };
    }),
  );

const parameter = fc
  .tuple(index, fc.nat({ max: 12 }), fc.option(junkText))
  .map(([place, nth, value]) =>
    at(place, (one) => {
      const [start, query = ''] = one.request.url.split('?');
      const pairs = [...new URLSearchParams(query)];
      const url = `${start}?${new URLSearchParams(changePair(pairs, nth, value))}`;
      return { ...one, request: { ...one.request, url } };
    }),
  );

const field = fc.tuple(index, fc.nat({ max: 12 }), fc.option(junkText)).map(([place, nth, value]) =>
  at(place, (one) => {
    const text = one.request.body?.text ?? '';
    if (one.request.body?.media_type !== 'application/x-www-form-urlencoded') return one;
    const form = new URLSearchParams(changePair([...new URLSearchParams(text)], nth, value));
    return { ...one, request: { ...one.request, body: { ...one.request.body, text: `${form}` } } };
  }),
);

const header = fc
  .tuple(
    index,
    fc.boolean(),
    fc.constantFrom(
      'www-authenticate',
      'content-type',
      'cache-control',
      'location',
      'authorization',
      'mcp-session-id',
      'accept',
      'content-security-policy',
      'mcp-protocol-version',
    ),
    fc.option(junkText),
  )
  .map(([place, isRequest, name, value]) =>
    at(place, (one) => {
      const part = isRequest ? one.request : one.response;
      const others = (part?.headers ?? []).filter(([key]) => key !== name);
      const headers = value === null ? others : [...others, [name, value] as const];
      return isRequest
        ? { ...one, request: { ...one.request, headers } }
        : { ...one, response: one.response && { ...one.response, headers } };
    }),
  );

const exchange = fc
  .tuple(
    index,
    fc.oneof(
      fc.record({ status: fc.integer({ min: 100, max: 599 }) }),
      fc.record({ url: junkText }),
      fc.record({ method: fc.constantFrom('GET', 'POST', 'HEAD', '') }),
      fc.record({ step: fc.oneof(fc.constantFrom(...STEP_IDS), junkText) }),
      fc.record({ channel: fc.constantFrom('back', 'front', 'loopback', 'probe') }),
      fc.record({ caused_by: fc.option(fc.integer({ min: 1, max: 30 })) }),
      fc.record({ started_at: junkText }),
      fc.record({ failure: fc.constantFrom('ECONNREFUSED', 'TIMEOUT', 'toString', '') }),
    ),
  )
  .map(([place, change]) => at(place, (one) => changeExchange(one, change)));

const log = fc.tuple(fc.constantFrom('remove', 'repeat', 'reverse', 'front'), index).map(
  ([how, place]): Mutation =>
    (trace) => {
      const all = trace.trace_log;
      const chosen = place % Math.max(1, all.length);
      const ways = {
        remove: all.filter((_, nth) => nth !== chosen),
        repeat: all.flatMap((one, nth) =>
          nth === chosen ? [one, { ...one, id: 100 + nth }] : [one],
        ),
        reverse: [...all].reverse(),
        front: all.slice(0, chosen),
      };
      return { ...trace, trace_log: ways[how] };
    },
);

const envelope = fc
  .record({
    asked: fc.constantFrom('auto', 'draft', '2025-03-26', '2025-06-18', '2026-07-28', 'junk'),
    used: fc.option(fc.constantFrom('2025-03-26', '2025-11-25', '2026-07-28', '1999-01-01')),
    outcome: fc.constantFrom('completed', 'failed', 'refused', 'open', 'interrupted'),
    failed_step: fc.option(fc.oneof(fc.constantFrom(...STEP_IDS), junkText)),
    server_url: fc.oneof(junkText, fc.constant('https://api.demo.test/team/mcp')),
    lenient: fc.boolean(),
  })
  .map(
    ({ asked, used, outcome, failed_step, server_url, lenient }): Mutation =>
      (trace) => ({
        ...trace,
        metadata: { ...trace.metadata, revision: { asked, used }, server_url, lenient },
        sequence_summary: {
          ...trace.sequence_summary,
          outcome,
          failed_step,
          steps: trace.sequence_summary.steps.map((record) =>
            record.id === failed_step && (outcome === 'failed' || outcome === 'refused')
              ? { ...record, outcome }
              : record,
          ),
        },
      }),
  );

const broken = fc
  .tuple(
    fc.constantFrom(...REVISIONS.map(({ id }) => id)),
    fc.array(
      fc.oneof(
        { arbitrary: member, weight: 4 },
        body,
        parameter,
        field,
        header,
        { arbitrary: exchange, weight: 2 },
        log,
        envelope,
      ),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([revision, mutations]) =>
    mutations.reduce<Trace>((trace, mutate) => mutate(trace), happyTrace(revision)),
  );

it('no rule throws, whatever a trace holds', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(broken, (trace) => {
      const { findings, verdicts } = judge(trace);
      const ids = new Set(trace.trace_log.map(({ id }) => id));
      for (const { rule, message, fix, evidence } of findings) {
        expect(`${message}${fix}`, rule.id).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
        expect(
          evidence.filter((one) => !ids.has(one.exchange)),
          rule.id,
        ).toEqual([]);
      }
      for (const verdict of verdicts.values())
        if ('why' in verdict) expect(verdict.why).toMatch(/\S/);
      findCause(trace, findings);
      findCause(trace, []);
    }),
    { numRuns: RUNS },
  );
});

it('the mutations keep to the schema', () => {
  fc.assert(
    fc.property(broken, (trace) => {
      expect(traceSchema.safeParse(trace).error).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Replaces the nth value of a JSON tree, counted around; null removes it. */
function replaceNth(document: unknown, nth: number, value: unknown): unknown {
  const paths: (readonly string[])[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof node !== 'object' || node === null || path.length > 6) return;
    for (const key of Object.keys(node))
      walk((node as Record<string, unknown>)[key], [...path, key]);
  };
  walk(document, []);
  const path = paths[nth % Math.max(1, paths.length)];
  return path ? replaceAt(document, path, value) : value;
}

function replaceAt(node: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const child = (node as Record<string, unknown>)[key];
  const changed = rest.length > 0 ? replaceAt(child, rest, value) : value;
  if (Array.isArray(node))
    return node.map((item, place) => (String(place) === key ? changed : item));
  const others = Object.entries(node as object).filter(([name]) => name !== key);
  return Object.fromEntries(changed === null ? others : [...others, [key, changed]]);
}

function changePair(
  pairs: readonly (readonly [string, string])[],
  nth: number,
  value: string | null,
): [string, string][] {
  const chosen = nth % Math.max(1, pairs.length);
  return pairs.flatMap(([name, old], place): [string, string][] => {
    if (place !== chosen) return [[name, old]];
    return value === null ? [] : [[name, value]];
  });
}

function changeExchange(one: Exchange, change: Readonly<Record<string, unknown>>): Exchange {
  const { status, url, method, failure, ...rest } = change as {
    readonly status?: number;
    readonly url?: string;
    readonly method?: string;
    readonly failure?: string;
  };
  if (status !== undefined)
    return { ...one, response: one.response && { ...one.response, status } };
  if (failure !== undefined)
    return { ...one, response: null, failure: { code: failure, phase: 'wait', message: failure } };
  if (url !== undefined || method !== undefined)
    return {
      ...one,
      request: {
        ...one.request,
        ...(url !== undefined && { url }),
        ...(method !== undefined && { method }),
      },
    };
  return { ...one, ...rest };
}
