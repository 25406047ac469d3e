import { describe, expect, test } from 'vitest';
import { commandShapes } from '../../src/cli/command-shape.ts';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { processIo } from '../../src/cli/process-io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { commandLine } from './command-line.ts';

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

  test.each(COMMANDS.filter((command) => !LONG.includes(command)))(
    'of %s leaves nothing out for --help-all to print',
    async (command) => {
      const all = await commandLine([command, '--help-all']);
      expect(all).toEqual(await commandLine([command, '--help']));
      expect(all.code).toBe(0);
    },
  );

  test('of a run without the word for it can be had with every option', async () => {
    const all = await commandLine(['--help-all']);
    expect(all).toEqual(await commandLine(['trace', '--help-all']));
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

  test('says of a log that it keeps secrets', async () => {
    const { stdout } = await commandLine(['serve', '--help']);
    expect(stdout).toMatch(/--log <file> .*secrets in clear/);
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
