import { TOOL } from '../flow/tool.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';

export { processIo } from './process-io.ts';

/**
 * Runs one command line, without the program's name in front.
 * @returns the exit code; never throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  // Answered before anything is loaded: people and scripts ask for it all the time.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout(`${TOOL.version}\n`);
    return 0;
  }
  const { runSafely } = await import('./program.ts');
  return await runSafely(argv, io);
}
