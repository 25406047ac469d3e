import { judgedSubject } from '../../library/judged.ts';
import { STEP_IDS } from '../../trace/format.ts';
import { compareTraces, showDiff, tellIdle } from '../comparison.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import type { Io } from '../io.ts';
import { requireOneOf } from '../option-values.ts';
import { readShownTrace } from '../read-trace.ts';

/** What `diff` was asked. */
export interface DiffCommandOptions {
  readonly format: string;
  readonly ignore?: readonly string[];
  readonly only?: readonly string[];
  readonly timing?: boolean;
}

/** Tells what two saved traces do not share. */
export async function diffCommand(
  before: string,
  after: string,
  options: DiffCommandOptions,
  io: Io,
): Promise<ExitCode> {
  if (before === '-' && after === '-')
    throw new UserError('both traces are -, but standard input holds one: name a file');
  const { format, ignore = [], only, timing } = options;
  for (const step of only ?? []) requireOneOf('--only', step, STEP_IDS);
  const earlier = await readShownTrace(before, io);
  const later = await readShownTrace(after, io);
  tellIdle(ignore, earlier, later, io);
  const compared = compareTraces(judgedSubject(earlier), judgedSubject(later), {
    ignore,
    ...(only && { only }),
    ...(timing && { timing }),
  });
  io.stdout(await showDiff(compared, { before, after, format, io, ...(only && { only }) }));
  return compared.same ? EXIT.ok : EXIT.findings;
}
