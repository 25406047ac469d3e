import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
];

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

  test.each(COMMANDS)('of %s keeps to the width and shows no internal default', async (command) => {
    const { code, stdout } = await commandLine([command, '--help']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 84)).toEqual([]);
    expect(stdout).not.toMatch(/\[\]|000\b|262144|default: "/);
  });

  test('says defaults in the units of the option', async () => {
    const { stdout } = await commandLine(['trace', '--help']);
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

  test.each(['bash', 'zsh', 'fish'])('%s finds no mistake in its script', async (shell) => {
    if (spawnSync(shell, ['-c', ':']).error) return;
    const { stdout } = await commandLine(['completion', shell]);
    const script = join(folder(), 'completion');
    writeFileSync(script, stdout);
    const checked = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
    expect(checked).toMatchObject({ status: 0, stderr: '' });
  });
});
