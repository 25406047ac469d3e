import { writeTrace } from '../../trace/file.ts';
import { SecretSurvivedError, TraceFileError } from '../../trace/file-error.ts';
import { importKong } from '../../trace/import.ts';
import { redactSafely } from '../../trace/safety.ts';
import { serialize } from '../../trace/serialize.ts';
import { freshPath, shownPath } from '../destination.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readLogText } from '../server-logs.ts';

/** What `import` was asked. */
export interface ImportOptions {
  readonly output?: string;
}

/** Makes a trace of a gateway's log; redacted like any other. */
export async function importCommand(
  file: string,
  { output }: ImportOptions,
  io: Io,
): Promise<ExitCode> {
  try {
    const text = file === '-' ? await io.readStdin() : readLogText('the log', file, io);
    const trace = importKong(text, file === '-' ? 'standard input' : file);
    if (output === undefined || output === '-') io.stdout(serialize(redactSafely(trace)));
    else io.stderr(`Trace: ${shownPath(writeTrace(freshPath(output, io), trace), io)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof TraceFileError || error instanceof SecretSurvivedError)
      throw new UserError(error.message);
    throw error;
  }
}
