import { defaultTracePath, writeTrace } from '../trace/file.ts';
import { SecretSurvivedError, TraceFileError } from '../trace/file-error.ts';
import { minimalTrace } from '../trace/minimal.ts';
import type { KnownSecret } from '../trace/redact.ts';
import { redactSafely } from '../trace/safety.ts';
import type { Trace } from '../trace/schema.ts';
import { serialize } from '../trace/serialize.ts';
import { type Destination, shownPath } from './destination.ts';
import type { Io } from './io.ts';

/** What became of the trace. */
export interface Saved {
  /** Where it stands now. */
  readonly path?: string;
  /** True when it went to standard output. */
  readonly onStdout: boolean;
  /** True when it could not be saved as asked. */
  readonly failed: boolean;
}

/** Saves the raw trace of a run, redacted unless asked otherwise. What the disk refuses goes to stderr. */
export function saveTrace(
  trace: Trace,
  known: readonly KnownSecret[],
  redacted: boolean,
  destination: Destination,
  io: Io,
): Saved {
  if (destination.kind === 'nowhere') return { onStdout: false, failed: false };
  const text = (): string => serialize(redacted ? redactSafely(trace, known) : unredacted(trace));
  if (destination.kind === 'stdout') {
    try {
      io.stdout(text());
    } catch (error) {
      io.stdout(serialize(safeRemains(trace, error)));
      if (!(error instanceof SecretSurvivedError)) throw error;
      io.stderr(bugLine(error));
      return { onStdout: true, failed: true };
    }
    return { onStdout: true, failed: false };
  }
  const wanted =
    destination.kind === 'file'
      ? destination.path
      : defaultTracePath(destination.path, new Date(trace.metadata.timestamp));
  const overwrite = destination.kind === 'file' && destination.overwrite;
  try {
    const path = writeTrace(wanted, trace, { known, redact: redacted, overwrite });
    return { path, onStdout: false, failed: false };
  } catch (error) {
    if (error instanceof TraceFileError) {
      io.stderr(`mcp-oauth-trace: ${error.message}; this is the trace:\n${text()}`);
      return { onStdout: false, failed: true };
    }
    // A secret that would have stood in the file, or redaction that fails: our bug either way.
    const saved = saveRemains(wanted, safeRemains(trace, error), overwrite, io);
    if (!(error instanceof SecretSurvivedError)) throw error;
    io.stderr(bugLine(error));
    return saved;
  }
}

function unredacted(trace: Trace): Trace {
  return { ...trace, metadata: { ...trace.metadata, redacted: false } };
}

/** What is said when redaction itself found a secret that it had left. */
export function bugLine({ message }: SecretSurvivedError): string {
  return `mcp-oauth-trace: this is a bug in mcp-oauth-trace: ${message}.\n`;
}

/** What is still safe to write when redaction failed: nothing that anybody else said. */
function safeRemains(trace: Trace, error: unknown): Trace {
  const why =
    error instanceof SecretSurvivedError ? 'a secret survived redaction' : 'redaction failed';
  return minimalTrace(trace, `withheld: ${why}; this is a bug in mcp-oauth-trace`);
}

function saveRemains(wanted: string, remains: Trace, overwrite: boolean, io: Io): Saved {
  const path = writeTrace(wanted, remains, { overwrite });
  io.stderr(`Saved without what was said: ${shownPath(path, io)}\n`);
  return { path, onStdout: false, failed: true };
}
