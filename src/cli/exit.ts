/** What the process says when it ends. */
export const EXIT = {
  ok: 0,
  /** Findings at or above the threshold, or traces that differ. */
  findings: 1,
  /** Usage, or unreadable input. */
  usage: 2,
  /** The flow could not complete. */
  incomplete: 3,
  /** The server asked for no authorization. */
  open: 4,
  /** Our bug. */
  crash: 70,
  /** Interrupted; the trace is saved. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake of the user's: one line, exit 2. The message says what was seen, expected, and to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
