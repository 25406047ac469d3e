import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/start.ts';
import { commandLine, folder, type Surroundings } from './command-line.ts';

async function serve(): Promise<RunningServer> {
  const server = await startServer({ users: [{ name: 'alice', password: 'wonderland' }] });
  onTestFinished(() => server.close());
  return server;
}

/** Somebody at a terminal who types a password when asked, and what was asked. */
function typing(password: string): Surroundings & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    terminal: true,
    asked,
    secret: (question) => {
      asked.push(question);
      return password;
    },
  };
}

describe('a user without a password, at a terminal', () => {
  test('is asked for it before anything is sent, and it stands nowhere', async () => {
    const server = await serve();
    const cwd = folder();
    let sent: number | undefined;
    const { code, stdout, stderr } = await commandLine(
      [server.mcpUrl, '--username', 'alice', '--save-trace', 'run.json'],
      {
        cwd,
        terminal: true,
        secret: () => {
          sent = server.exchanges.length;
          return 'wonderland';
        },
      },
    );
    expect({ code, sent }).toEqual({ code: 0, sent: 0 });
    const trace = readFileSync(join(cwd, 'run.json'), 'utf8');
    expect(stdout + stderr + trace).not.toContain('wonderland');
  });

  test('is asked for it by user check too', async () => {
    const { mcpUrl } = await serve();
    const alice = typing('wonderland');
    const argv = ['user', 'check', '--server', mcpUrl, '--username', 'alice'];
    const { code, stdout } = await commandLine(argv, alice);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: /^accepted/ });
    expect(alice.asked).toEqual([expect.stringContaining('Password of alice')]);
  });

  test('may have none, and the page that wants one says so', async () => {
    const { mcpUrl } = await serve();
    const { code, stdout } = await commandLine(
      [mcpUrl, '--username', 'alice', '--no-save'],
      typing(''),
    );
    expect(code).toBe(3);
    expect(stdout).toContain('asks for "password" (password)');
  });

  test.each([
    [['--password', 'wonderland'], {}],
    [[], { OAUTH_TEST_PASSWORD: 'wonderland' }],
    [['--form', 'password=wonderland'], {}],
    [['--otp-command', 'true'], {}],
    [['--consent', 'command', '--consent-command', 'false'], {}],
    [['--grant', 'client_credentials'], {}],
  ])('is not asked where it is given or not needed: %j %j', async (more, env) => {
    const { mcpUrl } = await serve();
    const alice = typing('wonderland');
    const argv = [mcpUrl, '--username', 'alice', '--quiet', '--no-save', ...more];
    await commandLine(argv, { ...alice, env });
    expect(alice.asked).toEqual([]);
  });

  test('is not asked for a line that cannot work', async () => {
    const alice = typing('wonderland');
    const argv = ['http://127.0.0.1:9/mcp', '--username', 'alice', '--only', 'no-such-rule'];
    expect((await commandLine(argv, alice)).code).toBe(2);
    expect(alice.asked).toEqual([]);
  });
});

test('a password that only the environment holds is for whom it may concern', async () => {
  const { mcpUrl } = await serve();
  const env = { OAUTH_TEST_PASSWORD: 'wonderland' };
  const { code, stdout } = await commandLine([mcpUrl, '--quiet', '--no-save'], { env });
  expect(code).toBe(3);
  expect(stdout).toContain('give --username');
});
