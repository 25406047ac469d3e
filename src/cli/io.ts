/** The process as commands see it: the only way to its streams, environment, clock and signals. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** Columns of the terminal, 80 where there is none. */
  readonly columns: number;
  readonly now: () => Date;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
  /** One line from the user; empty at the end of input. The signal takes the question back. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string>;
  /** The same at a terminal, which does not show what is typed. */
  readonly askSecret: (question: string) => Promise<string>;
  /** Opens a file of ours in the program the user has for it. */
  readonly openFile: (path: string) => Promise<void>;
  /** Calls back at SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  readonly onInterrupt: (callback: () => void) => () => void;
}

/** Whether a stream is to be coloured: a terminal, and no NO_COLOR. */
export function isColored(io: Io, stream: 'stdout' | 'stderr'): boolean {
  if (io.env.NO_COLOR) return false;
  if (io.env.FORCE_COLOR && io.env.FORCE_COLOR !== '0') return true;
  return io.isTerminal[stream] && io.env.TERM !== 'dumb';
}
