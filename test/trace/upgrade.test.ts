import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../src/trace/parse.ts';
import { redact } from '../../src/trace/redact.ts';
import { traceSchema } from '../../src/trace/schema.ts';
import { verifierMatches } from '../../src/trace/secret.ts';
import { upgrade } from '../../src/trace/upgrade.ts';
import { viewTrace } from '../../src/trace/view.ts';

const old = readFileSync(new URL('../../fixtures/traces/version-0.json', import.meta.url), 'utf8');

describe('a file of the older tracer', () => {
  const trace = parseTrace(old);
  const view = viewTrace(trace);

  it('becomes one exchange per request, each with its answer', () => {
    expect(
      trace.trace_log.map(({ step, request, response }) => [
        step,
        request.method,
        response?.status ?? null,
      ]),
    ).toEqual([
      ['server-metadata', 'GET', 200],
      ['registration', 'POST', 201],
      ['authorization', 'GET', 200],
      ['authorization', 'POST', 302],
      ['token', 'POST', 200],
      ['call', 'POST', 200],
      ['refresh', 'POST', null],
    ]);
  });

  it('answers the questions that rules ask', () => {
    expect(view.serverMetadata?.document.issuer).toBe('http://localhost:8000');
    expect(view.registration?.document.client_id).toBe('client_123');
    expect(view.authorizations).toHaveLength(1);
    expect(view.tokenDocuments('authorization_code')[0]?.document.token_type).toBe('Bearer');
    expect(view.authorizedCalls).toHaveLength(1);
  });

  it('keeps the parameters of a request in its URL', () => {
    const { searchParams } = new URL(view.authorizations[0]?.request.url ?? '');
    expect(searchParams.get('redirect_uri')).toBe('http://localhost:3000/callback');
    expect(
      verifierMatches(
        'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        searchParams.get('code_challenge') ?? '',
      ),
    ).toBe(true);
  });

  it('keeps both values of a header that came twice', () => {
    expect(
      trace.trace_log[3]?.response?.headers.filter(([name]) => name === 'set-cookie'),
    ).toHaveLength(2);
  });

  it('keeps the text of a body as recorded and writes a JSON value where there is none', () => {
    expect(trace.trace_log[1]?.response?.body?.text).toContain('{"client_id": "client_123"');
    expect(JSON.parse(trace.trace_log[0]?.response?.body?.text ?? '').issuer).toBe(
      'http://localhost:8000',
    );
  });

  it('says which step has no answer', () => {
    expect(trace.sequence_summary).toMatchObject({
      outcome: 'failed',
      failed_step: 'refresh',
      reason: 'no answer was recorded',
      client_id: 'client_123',
    });
    expect(trace.trace_log.at(-1)?.failure?.code).toBe('NOT_RECORDED');
  });

  it('takes local times as UTC', () => {
    expect(trace.metadata.timestamp).toBe('2025-01-15T10:30:00Z');
    expect(trace.trace_log[0]?.timing.wait_ms).toBe(50);
    expect(trace.metadata.duration_ms).toBe(600);
  });

  it('can be redacted', () => {
    expect(JSON.stringify(redact(trace))).not.toMatch(
      /testpass|c0de-0f|st4te-0f|acc3ss-0f|r3fresh-0f|dBjftJ|s1d-/,
    );
  });
});

describe('any file of the older shape', () => {
  const entry = fc.record({
    type: fc.constantFrom('request', 'response', 'note', null),
    timestamp: fc.anything({ maxDepth: 1 }),
    method: fc.anything({ maxDepth: 1 }),
    url: fc.anything({ maxDepth: 1 }),
    headers: fc.anything({ maxDepth: 2 }),
    params: fc.anything({ maxDepth: 2 }),
    data: fc.anything({ maxDepth: 2 }),
    json: fc.anything({ maxDepth: 2 }),
    text: fc.anything({ maxDepth: 1 }),
    status_code: fc.anything({ maxDepth: 1 }),
  });

  it('becomes a valid trace, whatever its members are', () => {
    fc.assert(
      fc.property(
        fc.record({
          metadata: fc.dictionary(
            fc.constantFrom('server_url', 'timestamp', 'username'),
            fc.anything({ maxDepth: 1 }),
          ),
          sequence_summary: fc.anything({ maxDepth: 2 }),
          trace_log: fc.array(entry, { maxLength: 6 }),
        }),
        (file) => {
          const upgraded = upgrade(JSON.parse(JSON.stringify(file)));
          expect(traceSchema.safeParse(upgraded).error).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });
});
