import {
  formOf,
  isObject,
  messagesOf,
  objectOf,
  queryOf,
  type ReadonlyParameters,
} from './body.ts';
import { TRACE_VERSION } from './format.ts';
import { headerValue } from './headers.ts';
import type { Exchange, Trace } from './schema.ts';
import { readServerLog } from './server-log.ts';
import { stepsOf } from './step-marks.ts';

/**
 * A trace made of a gateway's log alone: what its clients sent and received, in order of time.
 * @throws {TraceFileError} `NOT_A_TRACE` when the log holds no exchange.
 */
export function importKong(text: string, name?: string): Trace {
  const log = [...readServerLog(text, name)]
    .sort((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at) || a.id - b.id)
    .map((exchange, index) => ({ ...exchange, id: index + 1 }));
  const steps = stepsOf(log);
  const isCalled = steps.some(({ id, outcome }) => id === 'call' && outcome === 'done');
  const failed = isCalled ? undefined : steps.findLast(({ outcome }) => outcome === 'failed');
  return {
    trace_version: TRACE_VERSION,
    metadata: {
      tool: { name: 'kong', version: kongVersion(log) },
      server_url: serverUrlOf(log),
      timestamp: log[0]?.started_at ?? '',
      duration_ms: durationOf(log),
      total_requests: log.length,
      username: null,
      client: 'unknown',
      revision: { asked: 'auto', used: revisionOf(log) },
      consent: 'browser',
      source: 'kong',
    },
    sequence_summary: {
      outcome: isCalled ? 'completed' : 'failed',
      failed_step: failed?.id ?? null,
      reason: failed?.reason ?? (isCalled ? null : 'no call with a token was answered'),
      client_id: clientIdOf(log),
      auth_code_received: tokenRequests(log).some((form) => form.has('code')),
      access_token_received: receives(log, 'access_token'),
      refresh_token_received: receives(log, 'refresh_token'),
      steps,
    },
    secrets: [],
    trace_log: log,
  };
}

function kongVersion(log: readonly Exchange[]): string {
  const names = log.flatMap(({ response }) =>
    ['via', 'server'].map((name) => headerValue(response?.headers ?? [], name) ?? ''),
  );
  return names.map((name) => /kong\/([\w.-]+)/i.exec(name)?.[1]).find(Boolean) ?? '';
}

/** Where JSON-RPC went, else where the first request did. */
function serverUrlOf(log: readonly Exchange[]): string {
  const call = log.find(({ request }) => messagesOf(request.body).length > 0) ?? log[0];
  return call?.request.url.replace(/[?#].*$/s, '') ?? '';
}

function durationOf(log: readonly Exchange[]): number {
  const ends = log.map(({ started_at, timing }) => Date.parse(started_at) + timing.total_ms);
  const last = ends.reduce((latest, end) => Math.max(latest, end), 0);
  return Math.max(0, last - Date.parse(log[0]?.started_at ?? ''));
}

/** What the server said in `initialize`, else what a client named in a header. */
function revisionOf(log: readonly Exchange[]): string | null {
  const said = log
    .flatMap(({ response }) => messagesOf(response?.body))
    .map(({ result }) => (isObject(result) ? result.protocolVersion : undefined))
    .find((version) => typeof version === 'string');
  const named = log.map(({ request }) => headerValue(request.headers, 'mcp-protocol-version'));
  return said ?? named.find((version) => version !== undefined) ?? null;
}

function clientIdOf(log: readonly Exchange[]): string | null {
  const registered = log
    .filter(({ step }) => step === 'registration')
    .map(({ response }) => objectOf(response?.body)?.client_id)
    .find((id) => typeof id === 'string');
  const asked = log.map((exchange) => queryOf(exchange).get('client_id')).find(Boolean);
  return registered ?? asked ?? null;
}

function tokenRequests(log: readonly Exchange[]): readonly ReadonlyParameters[] {
  return log.map(formOf).filter((form) => form.has('grant_type'));
}

function receives(log: readonly Exchange[], name: string): boolean {
  return log.some(
    ({ step, response }) =>
      (step === 'token' || step === 'refresh') &&
      typeof objectOf(response?.body)?.[name] === 'string',
  );
}
