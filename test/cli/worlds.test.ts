import { expect, test } from 'vitest';
import { WORLDS } from '../../src/server/worlds/index.ts';
import { commandLine } from './command-line.ts';

test('self-test --all runs every world to its expected end, in a table', async () => {
  const { code, stdout, stderr } = await commandLine(['self-test', '--all']);
  const names = ['plain', ...WORLDS.map(({ name }) => name)];
  const rows = stdout.split('\n').slice(1, names.length + 1);
  expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(names);
  for (const row of rows) expect(row).toMatch(/ completed .* 0 +0 {2}yes$/);
  expect(stdout).toContain(`${names.length} of ${names.length} came to what was expected.`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('self-test --world runs in one of them, and its one-time password is found', async () => {
  const argv = [
    'self-test',
    '--world',
    'secured-api',
    '--quiet',
    '--no-save',
    '--fail-on',
    'never',
  ];
  const { code, stdout } = await commandLine(argv);
  expect(code).toBe(0);
  expect(stdout).toContain('Completed: ');
  expect(stdout).toContain('https://mcp.demo.example');
});

test('self-test --world with a fault shows it', async () => {
  const argv = ['self-test', '--world', 'minimal', '-q', '--no-save'];
  const { code, stdout } = await commandLine([...argv, '--fault', 'token-type-invalid']);
  expect(code).not.toBe(0);
  expect(stdout).toContain('token-type-invalid');
});

test.each([
  [['self-test', '--world', 'minimul'], 'did you mean minimal?'],
  [['self-test', '--all', '--world', 'minimal'], '--all runs every world'],
  [['self-test', '--world', 'minimal', '--split'], '--split is for the plain server'],
])('%j is a mistake of usage', async (argv, message) => {
  const { code, stderr } = await commandLine(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
