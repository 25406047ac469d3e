import { resolve } from 'node:path';
import { TraceFileError } from '../trace/file-error.ts';
import { parseTrace } from '../trace/parse.ts';
import { redact } from '../trace/redact.ts';
import { readNamedTrace } from '../trace/saved-trace.ts';
import type { Trace } from '../trace/schema.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';

/**
 * The trace a command was pointed at, as it stands in the file; `-` is standard input.
 * @throws {UserError} when it cannot be read.
 */
export async function readTraceArgument(file: string, io: Io): Promise<Trace> {
  try {
    return file === '-'
      ? parseTrace(await io.readStdin(), 'standard input')
      : readNamedTrace(resolve(io.cwd, file), file);
  } catch (error) {
    if (error instanceof TraceFileError) throw new UserError(error.message);
    throw error;
  }
}

/**
 * The same, to be shown: what a file made with --no-redact keeps readable does not reach a terminal.
 * @throws {UserError} when it cannot be read.
 */
export async function readShownTrace(file: string, io: Io): Promise<Trace> {
  const trace = await readTraceArgument(file, io);
  return trace.metadata.redacted === true ? trace : redact(trace);
}
