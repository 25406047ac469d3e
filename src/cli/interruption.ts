import { EXIT, type ExitCode } from './exit.ts';
import type { Io } from './io.ts';

/**
 * Does what Ctrl-C may cut short but not lose: the signal tells `act` to come to its end, saving what it saw
 * and giving back what it got. A second Ctrl-C is its `giveUp`: nothing more is sent.
 * @returns that it was interrupted, unless it crashed.
 */
export async function heedInterrupts(
  io: Io,
  act: (signal: AbortSignal, giveUp: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const interrupt = new AbortController();
  const second = new AbortController();
  const stopListening = io.onInterrupt(() =>
    (interrupt.signal.aborted ? second : interrupt).abort(),
  );
  try {
    const code = await act(interrupt.signal, second.signal);
    return interrupt.signal.aborted && code !== EXIT.crash ? EXIT.interrupted : code;
  } finally {
    stopListening();
  }
}
