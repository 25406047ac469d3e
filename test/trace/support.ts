import type { Body, Exchange, Header, Trace } from '../../src/trace/schema.ts';

/** What an exchange of a test says beyond the plainest one. */
export interface Parts {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: readonly Header[];
  readonly body?: Body | null;
  readonly status?: number;
  readonly responseHeaders?: readonly Header[];
  readonly responseBody?: Body | null;
  readonly failure?: Exchange['failure'];
  readonly step?: string;
  readonly channel?: Exchange['channel'];
  readonly causedBy?: number;
}

/** A body of text. */
export function textBody(text: string, mediaType = 'text/plain'): Body {
  return { media_type: mediaType, size: Buffer.byteLength(text), sha256: 'ab'.repeat(32), text };
}

/** A JSON body. */
export function jsonBody(value: unknown): Body {
  return textBody(JSON.stringify(value), 'application/json');
}

/** A form body. */
export function formBody(fields: Readonly<Record<string, string>>): Body {
  return textBody(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
}

/** An exchange with the given parts. */
export function exchange(parts: Parts, id = 1): Exchange {
  return {
    id,
    step: parts.step ?? 'call',
    channel: parts.channel ?? 'back',
    caused_by: parts.causedBy ?? null,
    started_at: '2026-01-15T10:30:00.000Z',
    timing: { dns_ms: 0, connect_ms: 0, tls_ms: 0, wait_ms: 1, receive_ms: 1, total_ms: 2 },
    connection: { remote_address: '127.0.0.1:8000', http_version: '1.1', tls: null },
    request: {
      method: parts.method ?? 'GET',
      url: parts.url ?? 'http://localhost:8000/mcp',
      headers: parts.headers ?? [],
      body: parts.body ?? null,
    },
    response: parts.failure
      ? null
      : {
          status: parts.status ?? 200,
          headers: parts.responseHeaders ?? [],
          body: parts.responseBody ?? null,
        },
    failure: parts.failure ?? null,
  };
}

/** A trace of these exchanges, numbered from 1. */
export function traceOf(...exchanges: readonly Parts[]): Trace {
  return {
    trace_version: 1,
    metadata: {
      tool: { name: 'mcp-oauth-trace', version: '0.1.0' },
      server_url: 'http://localhost:8000/mcp',
      timestamp: '2026-01-15T10:30:00.000Z',
      duration_ms: 2,
      total_requests: exchanges.length,
      username: 'ada',
      client: 'claude-desktop',
      revision: { asked: 'auto', used: '2025-11-25' },
      consent: 'form',
      source: 'trace',
    },
    sequence_summary: {
      outcome: 'completed',
      failed_step: null,
      reason: null,
      client_id: 'c-1',
      auth_code_received: true,
      access_token_received: true,
      refresh_token_received: true,
      steps: [],
    },
    secrets: [],
    trace_log: exchanges.map((parts, index) => exchange(parts, index + 1)),
  };
}
