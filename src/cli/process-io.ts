import type { Interface, ReadLineOptions } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import type { Io } from './io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The real process. Nothing of it is touched before it is needed. */
export function processIo(): Io {
  return {
    stdout: writer(() => process.stdout),
    stderr: writer(() => process.stderr),
    env: process.env,
    cwd: process.cwd(),
    isTerminal: { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) },
    get columns() {
      // A terminal that nobody gave a size has 0.
      return process.stdout.columns || process.stderr.columns || 80;
    },
    now: () => new Date(),
    readStdin,
    ask,
    askSecret,
    openFile,
    onInterrupt: (callback) => {
      for (const signal of SIGNALS) process.on(signal, callback);
      return () => {
        for (const signal of SIGNALS) process.off(signal, callback);
      };
    },
  };
}

function writer(open: () => NodeJS.WriteStream): (text: string) => void {
  let stream: NodeJS.WriteStream | undefined;
  return (text) => {
    if (!stream) {
      stream = open();
      // A closed reader (`| head`) must not end a run whose trace is still to be saved.
      stream.on('error', () => {});
    }
    stream.write(text);
  };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const lines = await openLines({ output: process.stderr });
  return await answerFrom(lines, lines.question(question, { signal }));
}

async function askSecret(question: string): Promise<string> {
  const output = new Writable({ write: (_echo, _encoding, done) => done() });
  const lines = await openLines({ output, terminal: true });
  process.stderr.write(question);
  const answer = await answerFrom(lines, lines.question(''));
  process.stderr.write('\n');
  return answer;
}

async function openLines(to: Pick<ReadLineOptions, 'output' | 'terminal'>): Promise<Interface> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, ...to });
  // At a terminal the key comes here, and no signal to the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return lines;
}

/** The answer; empty where the input ends before it. */
async function answerFrom(lines: Interface, answer: Promise<string>): Promise<string> {
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([answer, ended]);
  } finally {
    lines.close();
  }
}

async function openFile(path: string): Promise<void> {
  const { default: open } = await import('open');
  await open(path);
}
