/** What is wrong with a trace file. */
export type TraceFileCode =
  | 'NOT_FOUND'
  | 'UNREADABLE'
  | 'TOO_LARGE'
  | 'NOT_TEXT'
  | 'NOT_JSON'
  | 'TOO_DEEP'
  | 'NOT_A_TRACE'
  | 'FROM_THE_FUTURE'
  | 'UNWRITABLE';

/** A trace file cannot be read or written; the message says what was seen, what was expected and what to do. */
export class TraceFileError extends Error {
  override readonly name = 'TraceFileError';
  readonly code: TraceFileCode;

  constructor(code: TraceFileCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** A secret of the run would have stood in the file: nothing was written. Never carries the secret itself. */
export class SecretSurvivedError extends Error {
  override readonly name = 'SecretSurvivedError';
  readonly code = 'SECRET_SURVIVED';
  /** What survived, by kind: `password`, `access_token`. */
  readonly kinds: readonly string[];

  constructor(kinds: readonly string[]) {
    super(
      `${kinds.join(', ')} would have stood readable in the trace, expected every secret to be labelled; nothing was written`,
    );
    this.kinds = kinds;
  }
}

/** The code of an error of the file system; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
};

/** What an error of the file system means, in plain words. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}
