import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ReportSubject } from '../report/reporter.ts';
import { writeTrace } from '../trace/file.ts';
import { TraceFileError } from '../trace/file-error.ts';
import type { Trace } from '../trace/schema.ts';
import { requireFolder } from './destination.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** The run that this one is held against. */
export interface Baseline {
  /** As the user named it. */
  readonly name: string;
  readonly path: string;
  /** Absent for one that is only being written. */
  readonly before: Trace | undefined;
  readonly isUpdated: boolean;
}

/**
 * Reads the baseline, or finds out that it can be written, before any request.
 * @throws {UserError}
 */
export async function prepareBaseline(
  { baseline: name, updateBaseline = false }: TraceCommandOptions,
  io: Io,
): Promise<Baseline | undefined> {
  if (name === undefined) {
    if (updateBaseline)
      throw new UserError('--update-baseline needs --baseline, the file to write');
    return undefined;
  }
  const path = resolve(io.cwd, name);
  if (!existsSync(path) && !updateBaseline)
    throw new UserError(
      `--baseline ${JSON.stringify(name)} does not exist: --update-baseline writes it`,
    );
  if (existsSync(path) && !statSync(path).isFile())
    throw new UserError(`--baseline ${JSON.stringify(name)} is no file`);
  if (updateBaseline) requireFolder(dirname(path), '--baseline');
  const before = existsSync(path) ? await read(name, io) : undefined;
  return { name, path, before, isUpdated: updateBaseline };
}

async function read(name: string, io: Io): Promise<Trace> {
  const { readShownTrace } = await import('./read-trace.ts');
  return await readShownTrace(name, io);
}

/**
 * Tells what changed since the baseline, and writes it where that was asked.
 * @returns true when something got worse and the baseline stays.
 */
export async function concludeBaseline(
  baseline: Baseline | undefined,
  subject: ReportSubject,
  format: string,
  io: Io,
): Promise<boolean> {
  if (!baseline) return false;
  const { trace } = subject;
  const { before, name, isUpdated } = baseline;
  if (isUpdated && trace.sequence_summary.outcome === 'interrupted')
    io.stderr('The run was interrupted: the baseline stays as it is.\n');
  else if (isUpdated) io.stderr(`Baseline: ${update(baseline.path, trace)}\n`);
  if (!before) return false;
  const { compareTraces, gotWorse, showDiff } = await import('./comparison.ts');
  const compared = compareTraces(before, subject);
  const write = format === 'text' ? io.stdout : io.stderr;
  write(`\n${await showDiff(compared, { before: name, after: 'this run', io })}`);
  return !isUpdated && gotWorse(compared, before);
}

function update(path: string, trace: Trace): string {
  try {
    return writeTrace(path, trace, { overwrite: true });
  } catch (error) {
    if (error instanceof TraceFileError) throw new UserError(error.message);
    throw error;
  }
}
