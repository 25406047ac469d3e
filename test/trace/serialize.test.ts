import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMBERS } from '../../src/trace/format.ts';
import { exchangeSchema } from '../../src/trace/schema.ts';
import { serialize } from '../../src/trace/serialize.ts';
import { happyTrace } from '../rules/happy-trace.ts';
import { textBody, traceOf } from './support.ts';

describe('the text of a trace', () => {
  it('is JSON that holds the trace', () => {
    expect(JSON.parse(serialize(happyTrace()))).toEqual(happyTrace());
  });

  it('is the same for the same trace, in whatever order its members were made', () => {
    const trace = happyTrace();
    const reversed = {
      ...trace,
      trace_log: trace.trace_log.map(
        (exchange) =>
          Object.fromEntries(Object.entries(exchange).reverse()) as unknown as typeof exchange,
      ),
    };
    expect(serialize(reversed)).toBe(serialize(trace));
  });

  it('drops no member, also none that the format does not know', () => {
    const trace = traceOf({});
    const noted = {
      ...trace,
      trace_log: trace.trace_log.map((exchange) => ({ ...exchange, seen_by: 'proxy', later: 1 })),
    };
    expect(JSON.parse(serialize(noted))).toEqual(noted);
  });

  it('has the members in the order of the schema', () => {
    const { shape } = exchangeSchema;
    expect(MEMBERS).toEqual({
      exchange: Object.keys(shape),
      request: Object.keys(shape.request.shape),
      response: Object.keys(shape.response.unwrap().shape),
    });
  });

  it('keeps small things on one line', () => {
    expect(serialize(happyTrace())).toContain(
      '"timing": { "dns_ms": 0, "connect_ms": 1, "tls_ms": 1, "wait_ms": 8, "receive_ms": 1, "total_ms": 11 },',
    );
  });

  it('holds any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const trace = traceOf({ responseBody: textBody(text) });
        expect(JSON.parse(serialize(trace))).toEqual(JSON.parse(JSON.stringify(trace)));
      }),
    );
  });

  it('of an empty log is JSON too', () => {
    expect(JSON.parse(serialize(traceOf()))).toEqual(traceOf());
  });
});
