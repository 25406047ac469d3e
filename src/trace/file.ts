/** Trace files on disk, written whole or not at all. Reading one takes the schema and is a file of its own. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { codeOf, reasonOf, TraceFileError } from './file-error.ts';
import { pathGiven, requireTrace } from './given.ts';
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

/**
 * Writes a trace under a temporary name in the same folder, then gives it its own: never half a
 * file, never in place of an older one. Returns the path written.
 * @throws {SecretSurvivedError} when a secret would have stood in the file; nothing is written.
 * @throws {TraceFileError} `UNWRITABLE` when the disk or the folder refuses.
 * @throws {TypeError} for what is no path, or no trace.
 */
export function writeTrace(place: string | URL, trace: Trace, options: WriteOptions = {}): string {
  const path = pathGiven(place, 'writeTrace()');
  requireTrace(trace, 'writeTrace()');
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
