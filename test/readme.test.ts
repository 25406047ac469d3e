import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stableText } from '../scripts/stable-text.ts';
import { EXIT } from '../src/cli/exit.ts';
import { processIo } from '../src/cli/process-io.ts';
import { createProgram } from '../src/cli/program.ts';
import { isReportName } from '../src/report/index.ts';
import { findRule } from '../src/rules/index.ts';
import { type RunningServer, startServer } from '../src/server/start.ts';
import { buildProgram, type Program } from './cli/program.ts';

const README = readFileSync('README.md', 'utf8');

/** The blocks of a language, with the line each begins at. */
function blocks(language: string): readonly (readonly [title: string, text: string])[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...README.matchAll(pattern)].map(({ 1: text = '', index }) => [
    `line ${README.slice(0, index).split('\n').length}`,
    text,
  ]);
}

describe('every sh block runs as it stands', () => {
  let program: Program;
  let server: RunningServer;
  let home: string;

  beforeAll(async () => {
    program = buildProgram();
    server = await startServer();
    home = mkdtempSync(join(tmpdir(), 'readme-'));
    mkdirSync(join(home, 'bin'));
    const start = `exec ${process.execPath} ${program.bin} "$@"\n`;
    write('mcp-oauth-trace', `#!/bin/sh\n${start}`);
    write('npx', `#!/bin/sh\n[ "$1" = mcp-oauth-trace ] || exit 99\nshift\n${start}`);
  });

  afterAll(async () => {
    await server.close();
    program.remove();
    rmSync(home, { recursive: true, force: true });
  });

  function write(name: string, text: string): void {
    writeFileSync(join(home, 'bin', name), text);
    chmodSync(join(home, 'bin', name), 0o755);
  }

  function run(script: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const path = [join(home, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
    const env = {
      PATH: path,
      HOME: home,
      OAUTH_TEST_USERNAME: 'testuser',
      OAUTH_TEST_PASSWORD: 'testpass',
    };
    return new Promise((resolve) => {
      execFile(
        'bash',
        ['-e', '-o', 'pipefail', '-c', script],
        { cwd: home, env },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  }

  // One after the other: a block reads the files of the one before it.
  test.sequential.each(blocks('sh'))('%s', async (_, text) => {
    const script = text.replaceAll('https://example.com/mcp', server.mcpUrl);
    expect(await run(script)).toMatchObject({ code: 0 });
  });

  test('the run at its top is what the program prints', async () => {
    const [, shown = ''] = blocks('console')[0] ?? [];
    const [, command = '', printed = ''] = /^\$ (.*)\n([\s\S]*)$/.exec(shown) ?? [];
    const { stdout } = await run(`${command} || true`);
    expect(stableText(stdout)).toBe(stableText(printed));
  });
});

describe('what the README names is there', () => {
  const commands = createProgram(processIo(), () => {}).commands;
  const options = new Set(
    commands.flatMap((command) => command.options.flatMap(({ long, short }) => [long, short])),
  );

  test('options', () => {
    const named = [...README.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
    expect(named.filter((option) => option !== '--help' && !options.has(option))).toEqual([]);
  });

  test('commands, each with a row of its own', () => {
    const rows = [...README.matchAll(/^\| `([\w-]+)[^`]*` \|/gm)].map(([, name]) => name);
    const named = commands.map((command) => command.name()).filter((name) => name !== 'trace');
    expect(rows).toEqual(expect.arrayContaining(named));
  });

  test('exit codes, all of them', () => {
    const rows = [...README.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(rows).toEqual(Object.values(EXIT));
  });

  test('rules and report formats', () => {
    const named = [...README.matchAll(/"rule": "([\w-]+)"|explain ([a-z]+-[\w-]+)/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, first, second] of named) expect(findRule(first ?? second ?? '')).toBeDefined();
    for (const [, format = ''] of README.matchAll(/--report (\w+)=/g))
      expect(isReportName(format)).toBe(true);
  });

  test('files it links to', () => {
    const links = [...README.matchAll(/\]\(([^):#]+)\)/g)].map(([, file = '']) => file);
    expect(links.filter((file) => !existsSync(file))).toEqual([]);
  });
});
