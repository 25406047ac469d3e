import { writeTrace } from '../../trace/file.ts';
import { SecretSurvivedError, TraceFileError } from '../../trace/file-error.ts';
import type { KnownSecret } from '../../trace/redact.ts';
import { redactSafely } from '../../trace/safety.ts';
import { serialize } from '../../trace/serialize.ts';
import { freshPath, shownPath } from '../destination.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readTraceArgument } from '../read-trace.ts';

/** What `redact` was asked. */
export interface RedactOptions {
  readonly output?: string;
}

/** Cleans a trace that was made with --no-redact. What it cannot clean it does not write. */
export async function redactCommand(
  file: string,
  { output }: RedactOptions,
  io: Io,
): Promise<ExitCode> {
  const trace = await readTraceArgument(file, io);
  const known = knownFrom(io);
  try {
    if (output === undefined || output === '-') io.stdout(serialize(redactSafely(trace, known)));
    else {
      const path = writeTrace(freshPath(output, io), trace, { known });
      io.stderr(`Trace: ${shownPath(path, io)}\n`);
    }
  } catch (error) {
    if (error instanceof TraceFileError || error instanceof SecretSurvivedError)
      throw new UserError(error.message);
    throw error;
  }
  return EXIT.ok;
}

/** The password the run was made with, where it is still at hand. */
function knownFrom({ env }: Io): readonly KnownSecret[] {
  const value = env.OAUTH_TEST_PASSWORD;
  return value ? [{ kind: 'password', value, human: true }] : [];
}
