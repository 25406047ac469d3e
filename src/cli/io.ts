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
  /** One line from the user; empty at the end of input. */
  readonly ask: (question: string) => Promise<string>;
  /** Opens a file of ours in the program the user has for it. */
  readonly openFile: (path: string) => Promise<void>;
  /** Calls back at SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  readonly onInterrupt: (callback: () => void) => () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The real process. */
export function processIo(): Io {
  // A closed reader (`| head`) must not end a run whose trace is still to be saved.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    isTerminal: {
      stdin: process.stdin.isTTY === true,
      stdout: process.stdout.isTTY === true,
      stderr: process.stderr.isTTY === true,
    },
    columns: process.stdout.columns ?? process.stderr.columns ?? 80,
    now: () => new Date(),
    readStdin,
    ask,
    openFile,
    onInterrupt: (callback) => {
      for (const signal of SIGNALS) process.on(signal, callback);
      return () => {
        for (const signal of SIGNALS) process.off(signal, callback);
      };
    },
  };
}

/** Whether a stream is to be coloured: a terminal, and no NO_COLOR. */
export function isColored(io: Io, stream: 'stdout' | 'stderr'): boolean {
  if (io.env.NO_COLOR) return false;
  if (io.env.FORCE_COLOR && io.env.FORCE_COLOR !== '0') return true;
  return io.isTerminal[stream] && io.env.TERM !== 'dumb';
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

async function openFile(path: string): Promise<void> {
  const { default: open } = await import('open');
  await open(path);
}
