import { resolve } from 'node:path';
import { readTrace } from '../trace/file.ts';
import { TraceFileError } from '../trace/file-error.ts';
import { parseTrace } from '../trace/parse.ts';
import type { Trace } from '../trace/schema.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';

/**
 * The trace a command was pointed at; `-` is standard input.
 * @throws {UserError} when it cannot be read.
 */
export async function readTraceArgument(file: string, io: Io): Promise<Trace> {
  try {
    return file === '-'
      ? parseTrace(await io.readStdin(), 'standard input')
      : readTrace(resolve(io.cwd, file));
  } catch (error) {
    if (error instanceof TraceFileError) throw new UserError(error.message);
    throw error;
  }
}
