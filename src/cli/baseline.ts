import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { TraceDiff } from '../diff/difference.ts';
import { folded } from '../report/layout.ts';
import type { BaselineComparison, ReportSubject } from '../report/reporter.ts';
import { writeTrace } from '../trace/file.ts';
import { TraceFileError } from '../trace/file-error.ts';
import type { Trace } from '../trace/schema.ts';
import { requireFolder, shownPath } from './destination.ts';
import { UserError } from './exit.ts';
import type { Io } from './io.ts';
import { WIDEST } from './tell.ts';
import type { TraceCommandOptions } from './trace-options.ts';
import { type Judging, subjectOf } from './verdict.ts';

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

/** How a run is held against its baseline. */
export interface Holding {
  readonly baseline: Baseline | undefined;
  readonly subject: ReportSubject;
  /** The baseline is judged as the run is. */
  readonly judging: Judging;
  readonly ignore?: readonly string[] | undefined;
  readonly io: Io;
}

/** What a run and its baseline do not share. */
export interface Held {
  readonly compared: TraceDiff;
  /** Absent where nothing is decided: the baseline is rewritten, or the run was interrupted. */
  readonly baseline?: BaselineComparison;
}

/** Holds a run against its baseline; undefined without one. */
export async function holdAgainst(holding: Holding): Promise<Held | undefined> {
  const { baseline, subject, judging, ignore = [], io } = holding;
  if (!baseline || (!baseline.before && ignore.length === 0)) return undefined;
  const { compareTraces, tellIdle } = await import('./comparison.ts');
  const { trace } = subject;
  const { before, name, isUpdated } = baseline;
  tellIdle(ignore, before ?? trace, trace, io);
  if (!before) return undefined;
  const compared = compareTraces(subjectOf(before, judging(before)), subject, { ignore });
  if (isUpdated || trace.sequence_summary.outcome === 'interrupted') return { compared };
  const { whatGotWorse } = await import('../diff/worse.ts');
  const worse = whatGotWorse(compared, before, trace);
  return { compared, baseline: { name, worse, same: compared.same } };
}

/** Writes the baseline where that was asked, and tells what changed since. */
export async function concludeBaseline(
  baseline: Baseline | undefined,
  held: Held | undefined,
  trace: Trace,
  write: (text: string) => void,
  io: Io,
): Promise<void> {
  if (!baseline) return;
  const { name, path, isUpdated } = baseline;
  if (isUpdated && trace.sequence_summary.outcome === 'interrupted')
    io.stderr('The run was interrupted: the baseline stays as it is.\n');
  else if (isUpdated) io.stderr(`Baseline: ${shownPath(update(path, trace), io)}\n`);
  if (!held) return;
  const { showDiff } = await import('./comparison.ts');
  write(`\n${await showDiff(held.compared, { before: name, after: 'this run', io })}`);
  if (!held.baseline || held.baseline.same) return;
  const { baselineLine } = await import('../report/baseline-words.ts');
  write(`${folded(baselineLine(held.baseline), Math.min(io.columns, WIDEST)).join('\n')}\n`);
}

function update(path: string, trace: Trace): string {
  try {
    return writeTrace(path, trace, { overwrite: true });
  } catch (error) {
    if (error instanceof TraceFileError) throw new UserError(error.message);
    throw error;
  }
}
