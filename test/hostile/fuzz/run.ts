/** Many conversations, a few at a time. */
import { converse } from './conversation.ts';

/** What came of a fuzz run. */
export interface Tally {
  readonly runs: number;
  /** Conversations by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Each fault with the seed that shows it again. */
  readonly faults: readonly { readonly seed: number; readonly fault: string }[];
}

/** Conversations that go on at the same time. */
const AT_ONCE = 6;

/** Holds the conversations of the seeds from `seed` on. */
export async function fuzz(
  seed: number,
  runs: number,
  tell: (done: number) => void = () => {},
): Promise<Tally> {
  const outcomes: Record<string, number> = {};
  const faults: { seed: number; fault: string }[] = [];
  const loose = (error: unknown): void => {
    faults.push({
      seed: next - 1,
      fault: `nobody caught: ${String((error as Error)?.stack ?? error)}`,
    });
  };
  process.on('unhandledRejection', loose);
  process.on('uncaughtException', loose);
  let next = seed;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < seed + runs) {
      const mine = next;
      next += 1;
      const { faults: seen, outcome } = await converse(mine);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      for (const fault of seen) faults.push({ seed: mine, fault });
      done += 1;
      tell(done);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    process.off('unhandledRejection', loose);
    process.off('uncaughtException', loose);
  }
  return { runs, outcomes, faults };
}
