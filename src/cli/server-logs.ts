import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TraceFileError } from '../trace/file-error.ts';
import { mergeServerLog } from '../trace/merge.ts';
import { redact } from '../trace/redact.ts';
import type { Exchange, Trace } from '../trace/schema.ts';
import { readServerLog } from '../trace/server-log.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';

/**
 * The trace with what the logs of its servers say, and without the secrets that stand in them.
 * @throws {UserError} when a log cannot be read, or holds no exchange.
 */
export function withServerLogs(trace: Trace, files: readonly string[], io: Io): Trace {
  if (files.length === 0) return trace;
  const merged = mergeServerLog(
    trace,
    files.flatMap((file) => readLog(file, io)),
  );
  const added = merged.trace_log.length - trace.trace_log.length;
  if (added === 0)
    io.stderr(
      'The logs hold nothing that a request of this trace caused at another server, by its traceparent.\n',
    );
  return redact(merged);
}

function readLog(file: string, io: Io): readonly Exchange[] {
  try {
    return readServerLog(readLogText('--server-log', file, io), file);
  } catch (error) {
    if (error instanceof TraceFileError) throw new UserError(error.message);
    throw error;
  }
}

/** @throws {UserError} when the file cannot be read. */
export function readLogText(option: string, file: string, io: Io): string {
  try {
    return readFileSync(resolve(io.cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${option} ${JSON.stringify(file)} cannot be read (${code ?? 'unknown'})`);
  }
}
