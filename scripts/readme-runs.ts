/** The runs that the README shows: each is what the program prints, not what somebody typed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../src/cli/io.ts';
import { main } from '../src/cli/main.ts';
import { stableText } from './stable-text.ts';

const BLOCK = /^```console\n\$ mcp-oauth-trace ([^\n]*)\n([\s\S]*?)^```$/gm;

/** The README with every run made anew, where what it prints is no longer what it printed. */
export async function withRuns(readme: string): Promise<string> {
  const runs = await Promise.all(
    [...readme.matchAll(BLOCK)].map(async ([, line = '', shown = '']) => {
      const printed = await outputOf(line);
      return stableText(printed) === stableText(shown) ? shown : printed;
    }),
  );
  return readme.replaceAll(BLOCK, (block, line: string) => {
    const printed = runs.shift();
    return printed === undefined
      ? block
      : `\`\`\`console\n$ mcp-oauth-trace ${line}\n${printed}\`\`\``;
  });
}

/** What a command line prints on a terminal of 80 columns, without colours. */
async function outputOf(line: string): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), 'readme-'));
  let printed = '';
  const print = (text: string): void => {
    printed += text;
  };
  const io: Io = {
    stdout: print,
    stderr: print,
    env: {},
    cwd,
    isTerminal: { stdin: false, stdout: false, stderr: false },
    columns: 80,
    now: () => new Date(),
    readStdin: async () => '',
    ask: async () => '',
    askSecret: async () => '',
    openFile: async () => {},
    onInterrupt: () => () => {},
  };
  try {
    await main(line.split(' '), io);
    return printed.replaceAll(cwd, '.');
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
