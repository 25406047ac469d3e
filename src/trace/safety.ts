import { SecretSurvivedError } from './file-error.ts';
import { type KnownSecret, redaction, survivorSearch } from './redact.ts';
import type { Trace } from './schema.ts';

interface Finished {
  readonly known: readonly KnownSecret[];
  readonly trace: Trace;
}

/** A run is saved and reported: the same trace twice, redacted and searched once. */
const finished = new WeakMap<Trace, Finished>();

/**
 * Redacts, then searches the result for every secret of the run as somebody who reads the file
 * would: for whatever leaves this tool, be it a file, standard output or a report.
 * @throws {SecretSurvivedError} rather than let one through.
 */
export function redactSafely(trace: Trace, known: readonly KnownSecret[] = []): Trace {
  const earlier = finished.get(trace);
  if (earlier?.known === known) return earlier.trace;
  const redacted = redactAndSearch(trace, known);
  finished.set(trace, { known, trace: redacted });
  return redacted;
}

function redactAndSearch(trace: Trace, known: readonly KnownSecret[]): Trace {
  const redacted = redaction(trace, known);
  const { trace_log: log, ...head } = redacted.trace;
  // What is part of the server's address cannot be told apart from it.
  const tellable = known.filter(({ value }) => !trace.metadata.server_url.includes(value));
  const search = survivorSearch([...tellable, ...redacted.secrets]);
  const kinds = [head, ...log].flatMap((part) =>
    search(JSON.stringify(part, withoutOurOwn)).map(({ kind }) => kind),
  );
  if (kinds.length > 0) throw new SecretSurvivedError([...new Set(kinds)]);
  return redacted.trace;
}

/** Members that this tool made and no server or user said: they may equal a password by chance. */
const OUR_OWN: ReadonlySet<string> = new Set([
  'channel',
  'client',
  'code',
  'consent',
  'failed_step',
  'label',
  'method',
  'outcome',
  'phase',
  'remote_address',
  'revision',
  'server_url',
  'sha256',
  'source',
  'started_at',
  'step',
  'timestamp',
  'tool',
]);

function withoutOurOwn(key: string, value: unknown): unknown {
  return OUR_OWN.has(key) || typeof value === 'number' ? undefined : value;
}
