import { TOOL } from '../flow/tool.ts';
import { EXIT, type ExitCode, UserError } from './exit.ts';
import type { Io } from './io.ts';

export { processIo } from './io.ts';

/**
 * Runs one command line, without the program's name in front.
 * @returns the exit code; never throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  // Answered before anything is loaded: people and scripts ask for it all the time.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout(`${TOOL.version}\n`);
    return EXIT.ok;
  }
  try {
    const { runCommandLine } = await import('./program.ts');
    return await runCommandLine(argv, io);
  } catch (error) {
    return await report(error, argv, io);
  }
}

async function report(error: unknown, argv: readonly string[], io: Io): Promise<ExitCode> {
  if (error instanceof UserError) {
    io.stderr(`mcp-oauth-trace: ${error.message}\n`);
    return EXIT.usage;
  }
  const { crashReport } = await import('./crash.ts');
  io.stderr(crashReport(error, argv));
  return EXIT.crash;
}
