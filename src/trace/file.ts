/** Trace files on disk: read with plain errors, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { TraceFileError } from './file-error.ts';
import { parseTrace } from './parse.ts';
import type { KnownSecret } from './redact.ts';
import { redactSafely } from './safety.ts';
import type { Trace } from './schema.ts';
import { serializeParts } from './serialize.ts';

/** How a trace is written. */
export interface WriteOptions {
  /** What the user typed or options brought. */
  readonly known?: readonly KnownSecret[];
  /** Default true; false writes every secret readable and says so in the file. */
  readonly redact?: boolean;
  /** Default 0600: a trace is for its owner. */
  readonly mode?: number;
  /** Default false: an older file stays, and the new one gets `-2`, `-3` … before its extension. */
  readonly overwrite?: boolean;
}

/** Bytes up to which a file is read: what one string can hold, with room for its escapes. */
const LARGEST_FILE = 400 * 1024 * 1024;

/**
 * Writes a trace under a temporary name in the same folder, then gives it its own: never half a
 * file, never in place of an older one. Returns the path written.
 * @throws {SecretSurvivedError} when a secret would have stood in the file; nothing is written.
 * @throws {TraceFileError} `UNWRITABLE` when the disk or the folder refuses.
 */
export function writeTrace(path: string, trace: Trace, options: WriteOptions = {}): string {
  const prepared = prepare(trace, options);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeParts(temporary, prepared, options.mode ?? 0o600);
    return settle(temporary, path, options.overwrite === true);
  } catch (error) {
    discard(temporary);
    throw new TraceFileError(
      'UNWRITABLE',
      `cannot write ${JSON.stringify(path)}: ${reasonOf(error)}; name another place for the trace`,
      error,
    );
  }
}

/** `oauth_trace_YYYYMMDD_HHMMSS.json` in a folder, in UTC. */
export function defaultTracePath(folder: string, date: Date): string {
  const [day = '', time = ''] = date.toISOString().slice(0, 19).split('T');
  return join(folder, `oauth_trace_${day.replaceAll('-', '')}_${time.replaceAll(':', '')}.json`);
}

/**
 * Reads a trace file of this version or an older one.
 * @throws {TraceFileError} with a stable code.
 */
export function readTrace(path: string): Trace {
  return parseTrace(readText(path), path);
}

function prepare(trace: Trace, { known = [], redact = true }: WriteOptions): Trace {
  return redact
    ? redactSafely(trace, known)
    : { ...trace, metadata: { ...trace.metadata, redacted: false } };
}

function writeParts(path: string, trace: Trace, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (const part of serializeParts(trace)) writeAll(file, Buffer.from(part));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** Gives the finished file its name, or the next free one. */
function settle(temporary: string, path: string, overwrite: boolean): string {
  if (overwrite) {
    renameSync(temporary, path);
    return path;
  }
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? path : `${stem}-${number}${extension}`;
    if (claim(temporary, candidate)) return candidate;
  }
}

/** True when the name was free and now is ours. */
function claim(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    discard(temporary);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
  }
  // A file system without hard links: hold the name with an empty file, then replace that.
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  renameSync(temporary, path);
  return true;
}

/** Removes the temporary file; that it stays is not worth an error beside the one that led here. */
function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
};

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}
