import type { Exchange, Trace } from './schema.ts';

/** What stands where a text was left out. */
const WITHHELD = '(withheld)';

/**
 * What this tool measured and nothing that a server, a user or an option said: what can still be
 * written when redaction failed. `reason` says why the rest is missing.
 */
export function minimalTrace(trace: Trace, reason: string): Trace {
  const { metadata, sequence_summary: summary } = trace;
  const { tool, timestamp, duration_ms, total_requests, client, revision, consent, source } =
    metadata;
  return {
    trace_version: trace.trace_version,
    metadata: {
      ...{ tool, server_url: WITHHELD, timestamp, duration_ms, total_requests, username: null },
      ...{ client, revision, consent, source, redacted: true },
    },
    sequence_summary: {
      ...summary,
      reason,
      client_id: null,
      steps: summary.steps.map(({ notes, ...step }) => ({ ...step, reason: null })),
    },
    secrets: [],
    trace_log: trace.trace_log.map(bareExchange),
  };
}

function bareExchange(exchange: Exchange): Exchange {
  const { id, step, channel, caused_by, started_at, timing, connection } = exchange;
  const { response, failure } = exchange;
  return {
    ...{ id, step, channel, caused_by, started_at, timing },
    connection: { remote_address: null, http_version: connection.http_version, tls: null },
    request: { method: exchange.request.method, url: WITHHELD, headers: [], body: null },
    response: response && { status: response.status, headers: [], body: null },
    failure: failure && { code: failure.code, phase: failure.phase, message: WITHHELD },
  };
}
