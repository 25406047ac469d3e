/**
 * Matchers for the tests of a server project.
 *
 * @example
 * import { expect } from 'vitest';
 * import { matchers } from 'mcp-oauth-trace/vitest';
 *
 * expect.extend(matchers);
 * expect(run).toHaveCompleted();
 * expect(run).toHaveNoFindings();
 * // Whether or not the flow completed:
 * expect(judge(run)).toHaveNoFindings(['token-no-refresh-token']);
 */
import type { Judgement } from './index.d.ts';
import type { Trace } from './trace.d.ts';

/** What a matcher answers. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For vitest and jest. TypeError for what is no trace, such as a promise: await it first. */
export const matchers: {
  /** Passes for a trace of a run that completed. */
  readonly toHaveCompleted: (trace: Trace) => Matched;
  /**
   * Passes for a trace, or its judgement, of which no rule complains but those named.
   * @throws for a trace without findings whose flow did not complete: what it did not reach could not be
   * judged. A judgement says nothing of the flow, and passes. RangeError for an id that no rule has.
   */
  readonly toHaveNoFindings: (of: Trace | Judgement, ignored?: readonly string[]) => Matched;
};

declare module 'vitest' {
  // Merged with vitest's own, whose type parameter and its default have to be repeated to the letter.
  // biome-ignore lint/suspicious/noExplicitAny: vitest says any.
  interface Matchers<T = any> {
    toHaveCompleted(): void;
    toHaveNoFindings(ignored?: readonly string[]): void;
  }
}
