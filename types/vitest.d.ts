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
 */
import type { Trace } from './trace.d.ts';

/** What a matcher answers. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For vitest and jest. */
export const matchers: {
  /** Passes for a trace of a run that completed. */
  readonly toHaveCompleted: (trace: Trace) => Matched;
  /** Passes for a trace about which no rule has anything to say, but for those named. */
  readonly toHaveNoFindings: (trace: Trace, ignored?: readonly string[]) => Matched;
};

declare module 'vitest' {
  // Merged with vitest's own; its type parameter has to be repeated.
  interface Matchers<T = unknown> {
    toHaveCompleted(): void;
    toHaveNoFindings(ignored?: readonly string[]): void;
  }
}
