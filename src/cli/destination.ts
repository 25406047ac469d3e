import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';
import type { ReportFile } from './option-values.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** Where the trace of a run goes. */
export type Destination =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string; readonly overwrite: boolean }
  | { readonly kind: 'folder'; readonly path: string };

/**
 * Finds out where the trace will go and that it can be written there, before any request is made.
 * @throws {UserError}
 */
export function prepareDestination(options: TraceCommandOptions, io: Io): Destination {
  const { saveTrace, traceDir, save, overwrite = false } = options;
  if (overwrite && saveTrace === undefined)
    throw new UserError('--overwrite needs --save-trace, the file to replace');
  if (saveTrace === '-') return { kind: 'stdout' };
  if (saveTrace !== undefined) {
    const path = overwrite ? replacedPath(saveTrace, io) : freshPath(saveTrace, io, OVERWRITE);
    requireFolder(dirname(path), '--save-trace');
    return { kind: 'file', path, overwrite };
  }
  if (!save) return { kind: 'nowhere' };
  const path = resolve(io.cwd, traceDir);
  requireFolder(path, '--trace-dir');
  return { kind: 'folder', path };
}

const OVERWRITE = 'choose another name, or pass --overwrite';

/** The place of a trace that may be there. @throws {UserError} when something else is. */
function replacedPath(file: string, { cwd }: Pick<Io, 'cwd'>): string {
  const path = resolve(cwd, file);
  if (existsSync(path) && !statSync(path).isFile())
    throw new UserError(`--save-trace: ${JSON.stringify(file)} is no file`);
  return path;
}

/**
 * The place of a trace that is to be written.
 * @throws {UserError} when something stands there.
 */
export function freshPath(
  file: string,
  { cwd }: Pick<Io, 'cwd'>,
  advice = 'choose another name',
): string {
  const path = resolve(cwd, file);
  if (existsSync(path))
    throw new UserError(`${JSON.stringify(file)} exists and is not overwritten: ${advice}`);
  return path;
}

/**
 * The files that reports go to, as absolute paths.
 * @throws {UserError} when one cannot be written.
 */
export function prepareReports(reports: readonly ReportFile[], io: Io): readonly ReportFile[] {
  return reports.map(({ format, file }) => {
    const path = resolve(io.cwd, file);
    requireFolder(dirname(path), '--report');
    if (existsSync(path) && statSync(path).isDirectory())
      throw new UserError(`--report: ${JSON.stringify(file)} is a folder`);
    return { format, file: path };
  });
}

/** A file as the user can name it: from the working folder where it lies below. */
export function shownPath(path: string, { cwd }: Pick<Io, 'cwd'>): string {
  const below = relative(cwd, path);
  return below.startsWith('..') || isAbsolute(below) ? path : `.${sep}${below}`;
}

/** The name of a file below the working folder, with forward slashes; undefined for any other. */
export function pathBelow(path: string, { cwd }: Pick<Io, 'cwd'>): string | undefined {
  const below = relative(cwd, resolve(cwd, path));
  const isBelow = below !== '' && !below.startsWith('..') && !isAbsolute(below);
  return isBelow ? below.split(sep).join('/') : undefined;
}

/**
 * The folder exists, made if need be, and can be written into.
 * @throws {UserError}
 */
export function requireFolder(path: string, option: string): void {
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory())
      throw new UserError(`${option}: ${JSON.stringify(path)} is no folder`);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${option}: nothing can be written into ${JSON.stringify(path)} (${code ?? 'unknown'}); ` +
        'name another place, or pass --no-save',
    );
  }
}

/** Folder by folder: Node's recursive way never ends where the system says ENOENT, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
