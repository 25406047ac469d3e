import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandShapes } from '../../src/cli/command-shape.ts';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { processIo } from '../../src/cli/process-io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { commandLine, folder } from './command-line.ts';

const COMMANDS = [
  'trace',
  'self-test',
  'serve',
  'check',
  'diff',
  'show',
  'redact',
  'explain',
  'completion',
  'user',
  'import',
];

/** Commands with more options than a screen has lines. */
const LONG = ['trace', 'self-test', 'user'];

describe('--help', () => {
  test('shows examples first and fits a terminal', async () => {
    const { code, stdout, stderr } = await commandLine(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Examples:\n/);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(32);
  });

  test.each(COMMANDS)('of %s shows examples first and fits a screen', async (command) => {
    const { code, stdout } = await commandLine([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Examples:\n {2}\$ mcp-oauth-trace /);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(stdout).not.toMatch(/\[\]|000\b|262144|default: "/);
  });

  test.each(LONG)('of %s can be had with every option', async (command) => {
    const [short, all] = [
      await commandLine([command, '--help']),
      await commandLine([command, '--help-all']),
    ];
    expect(all.code).toBe(0);
    expect(short.stdout).not.toContain('--idp-client-id');
    expect(all.stdout).toContain('--idp-client-id');
    expect(all.stdout).toMatch(/^Network:$/m);
    expect(all.stdout).toMatch(/^Exit codes:$/m);
  });

  test('shows no option in an example that the command does not have', () => {
    for (const { name, options } of commandShapes(createProgram(processIo(), () => {}))) {
      const known = options.map(({ long }) => long);
      for (const [line] of EXAMPLES[name] ?? [])
        for (const [option] of line.matchAll(/--[\w-]+/g)) expect(known).toContain(option);
    }
  });

  test('says defaults in the units of the option', async () => {
    const { stdout } = await commandLine(['trace', '--help-all']);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('how long the user may take [300]');
    expect(text).toContain('how long one request may take [30]');
    expect(text).toContain('how much of each body to keep [256K]');
  });

  test('can be asked as a command', async () => {
    const { stdout } = await commandLine(['help', 'diff']);
    expect(stdout).toContain('Usage: mcp-oauth-trace diff');
  });
});

test.each(['--version', '-V'])('%s prints the version alone', async (option) => {
  const { code, stdout } = await commandLine([option]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('completion', () => {
  /** What bash offers for a line, its last word unfinished. */
  async function offered(line: string): Promise<readonly string[]> {
    const { stdout } = await commandLine(['completion', 'bash']);
    const words = line.split(' ');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `${stdout}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
_mcp_oauth_trace; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script]).toString().trim().split('\n');
  }

  test('bash offers commands', async () => {
    expect(await offered('mcp-oauth-trace s')).toEqual(['self-test', 'serve', 'show']);
  });

  test('bash offers options of the command', async () => {
    expect(await offered('mcp-oauth-trace diff --')).toEqual([
      '--format',
      '--ignore',
      '--only',
      '--timing',
      '--help',
    ]);
  });

  test('bash offers the values of an option', async () => {
    expect(await offered('mcp-oauth-trace check --fail-on ')).toEqual([
      'error',
      'warning',
      'info',
      'never',
    ]);
  });

  test('bash offers rules to explain, and faults', async () => {
    expect(await offered('mcp-oauth-trace explain asm-issuer-m')).toEqual(['asm-issuer-mismatch']);
    const faults = await offered('mcp-oauth-trace self-test --fault token-cache');
    expect(faults).toEqual(['token-cache-control']);
  });

  test('bash offers the options of a run after a URL', async () => {
    const options = await offered('mcp-oauth-trace https://example.com/mcp --use');
    expect(options).toEqual(['--username', '--user-agent']);
  });

  /** Words with which a line can go on, by shell; of zsh what its completion system is handed. */
  const ASK: Readonly<Record<string, (script: string, line: string) => string>> = {
    fish: (script, line) => `source ${script}; complete -C '${line}'`,
    zsh: (script, line) => `words=(${line.replace(/ $/, " ''")}); CURRENT=$#words
_describe() { print -l -- "\${(@P)2}" }; _arguments() { print -l -- "$@" }
() { source ${script} }`,
  };

  const LINES: readonly (readonly [line: string, offered: string])[] = [
    ['mcp-oauth-trace s', 'self-test'],
    ['mcp-oauth-trace --v', '--version'],
    ['mcp-oauth-trace diff --', '--timing'],
    ['mcp-oauth-trace explain asm-issuer-m', 'asm-issuer-mismatch'],
    ['mcp-oauth-trace https://example.com/mcp --user', '--username'],
    ['mcp-oauth-trace completion ', 'fish'],
  ];

  describe.each(['zsh', 'fish'])('%s', (shell) => {
    // Developers need not have every shell; CI has.
    const isMissing = !process.env.CI && spawnSync(shell, ['-c', ':']).error !== undefined;

    test.skipIf(isMissing).each(LINES)('offers after %s: %s', async (line, word) => {
      const script = join(folder(), 'completion');
      writeFileSync(script, (await commandLine(['completion', shell])).stdout);
      const asked = spawnSync(shell, ['-c', ASK[shell]?.(script, line) ?? ''], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: folder() },
      });
      expect(asked).toMatchObject({ status: 0, stderr: '' });
      expect(asked.stdout).toMatch(new RegExp(`(?:^|[ (])${word}(?:$|[\\s:)[])`, 'm'));
    });
  });
});
