import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf, reasonOf, TraceFileError } from './file-error.ts';
import { pathGiven } from './given.ts';
import { parseTrace } from './parse.ts';
import type { Trace } from './schema.ts';

/** Bytes up to which a file is read: what one string can hold, with room for its escapes. */
const LARGEST_FILE = 400 * 1024 * 1024;

/**
 * Reads a trace file of this version or an older one, or the trace of a JSON report.
 * @throws {TraceFileError} with a stable code.
 * @throws {TypeError} for what is no path.
 */
export function readTrace(place: string | URL): Trace {
  const path = pathGiven(place, 'readTrace()');
  return parseTrace(readText(path), path);
}

function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const seen = bytes[0] === 0x1f && bytes[1] === 0x8b ? 'is gzip-compressed' : 'is not UTF-8';
    throw new TraceFileError('NOT_TEXT', `${JSON.stringify(path)} ${seen}, expected JSON`, error);
  }
}

/** Reads a file or a pipe, but not without end. */
function readBytes(path: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (fstatSync(file).size > LARGEST_FILE) throw tooLarge(path);
    const chunks: Buffer[] = [];
    for (let total = 0; total <= LARGEST_FILE; ) {
      const chunk = Buffer.allocUnsafe(1024 * 1024);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    throw tooLarge(path);
  } catch (error) {
    if (error instanceof TraceFileError) throw error;
    throw codeOf(error) === 'ENOENT'
      ? new TraceFileError('NOT_FOUND', `${JSON.stringify(path)} does not exist`, error)
      : new TraceFileError(
          'UNREADABLE',
          `cannot read ${JSON.stringify(path)}: ${reasonOf(error)}`,
          error,
        );
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function tooLarge(path: string): TraceFileError {
  return new TraceFileError(
    'TOO_LARGE',
    `${JSON.stringify(path)} is larger than ${LARGEST_FILE / 1024 / 1024} MiB, the most that is read`,
  );
}
