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
  return readNamedTrace(path, path);
}

/**
 * The same for a file that the user names otherwise: from the working folder. `name` stands in the messages.
 * @throws {TraceFileError} with a stable code.
 */
export function readNamedTrace(path: string, name: string): Trace {
  return parseTrace(readText(path, JSON.stringify(name)), name);
}

function readText(path: string, quoted: string): string {
  const bytes = readBytes(path, quoted);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const seen = bytes[0] === 0x1f && bytes[1] === 0x8b ? 'is gzip-compressed' : 'is not UTF-8';
    throw new TraceFileError('NOT_TEXT', `${quoted} ${seen}, expected JSON`, error);
  }
}

/** Reads a file or a pipe, but not without end. */
function readBytes(path: string, quoted: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (fstatSync(file).size > LARGEST_FILE) throw tooLarge(quoted);
    const chunks: Buffer[] = [];
    for (let total = 0; total <= LARGEST_FILE; ) {
      const chunk = Buffer.allocUnsafe(1024 * 1024);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    throw tooLarge(quoted);
  } catch (error) {
    if (error instanceof TraceFileError) throw error;
    throw codeOf(error) === 'ENOENT'
      ? new TraceFileError('NOT_FOUND', `${quoted} does not exist`, error)
      : new TraceFileError('UNREADABLE', `cannot read ${quoted}: ${reasonOf(error)}`, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function tooLarge(quoted: string): TraceFileError {
  return new TraceFileError(
    'TOO_LARGE',
    `${quoted} is larger than ${LARGEST_FILE / 1024 / 1024} MiB, the most that is read`,
  );
}
