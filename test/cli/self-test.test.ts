import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stableText } from '../../scripts/stable-text.ts';
import { startServer } from '../../src/server/start.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, folder } from './command-line.ts';

describe('what a run prints', () => {
  test('the narration goes to stderr and the report to stdout', async () => {
    const { code, stdout, stderr } = await commandLine(['self-test', '--no-save']);
    expect(code).toBe(0);
    expect(stableText(stderr)).toMatchSnapshot('stderr');
    expect(stableText(stdout)).toMatchSnapshot('stdout');
  });

  test('a fault is named with its fix, and the exit code is 1', async () => {
    const argv = ['self-test', '--no-save', '--quiet', '--fault', 'token-cache-control'];
    const { code, stdout, stderr } = await commandLine(argv);
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(stableText(stdout.slice(stdout.indexOf('For the ')))).toMatchSnapshot();
  });

  test.each([
    ['--fault token-cache-control --fault token-expires-in-missing'],
    ['--fault token-cache-control,token-expires-in-missing'],
  ])('several faults all show: %s', async (given) => {
    const argv = ['self-test', '--no-save', '--format', 'json', ...given.split(' ')];
    const { stdout } = await commandLine(argv);
    const ids = JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule);
    expect(ids.sort()).toEqual(['token-cache-control', 'token-expires-in-missing']);
  });

  test('a flow that breaks names its cause, and the exit code is 3', async () => {
    const argv = ['self-test', '--no-save', '--quiet', '--fault', 'dcr-closed'];
    const { code, stdout } = await commandLine(argv);
    expect(code).toBe(3);
    expect(stdout).toMatch(/registration/);
  });

  test('a server that asks for no token gives exit code 4', async () => {
    const server = await startServer({ faults: ['auth-not-required'] });
    const { code, stdout } = await commandLine([server.mcpUrl, '--no-save', '-q']);
    await server.close();
    expect(code).toBe(4);
    expect(stdout).toContain('--call');
  });

  test('--format json prints one JSON document and nothing else', async () => {
    const { code, stdout } = await commandLine(['self-test', '--no-save', '--format', 'json']);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.trace.sequence_summary.outcome).toBe('completed');
    expect(document.findings).toEqual([]);
  });

  test('--format json stays one document beside expectations and a baseline', async () => {
    const cwd = folder();
    await commandLine(['self-test', '--quiet', '--save-trace', 'a.json'], { cwd });
    const argv = ['self-test', '--no-save', '--format', 'json', '--baseline', 'a.json'];
    const { stdout, stderr } = await commandLine(argv, { cwd });
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(stderr).toContain('no difference');
  });

  test('--quiet says nothing on stderr where nobody has to act', async () => {
    const { stderr } = await commandLine(['self-test', '--no-save', '--quiet']);
    expect(stderr).toBe('');
  });

  test('--verbose tells headers and bodies', async () => {
    const { stderr } = await commandLine(['self-test', '--no-save', '--verbose']);
    expect(stderr).toContain('< www-authenticate: Bearer ');
    expect(stderr).toContain('> content-type: application/json');
    expect(stderr).toMatch(/authorization: Bearer <access_token [\w-]{12}>/);
  });

  test('a fault that only an extra request would show is named as such', async () => {
    const argv = ['self-test', '--no-save', '--quiet', '--fault', 'token-code-replay-accepted'];
    const { code, stderr } = await commandLine(argv);
    expect(code).toBe(0);
    expect(stderr).toContain('token-code-replay-accepted does not show in a run');
  });

  test('a fault of the newest revision shows in a run of that revision', async () => {
    const fault = 'modern-result-type-missing';
    const { stdout } = await commandLine(['self-test', '--no-save', '-q', '--fault', fault]);
    expect(stdout).toContain(fault);
  });
});

describe('colours', () => {
  const colored = /\x1b\[/;

  test('are on at a terminal', async () => {
    const ended = await commandLine(['self-test', '--no-save'], { terminal: true });
    expect(ended.stdout).toMatch(colored);
    expect(ended.stderr).toMatch(colored);
  });

  test('are off with NO_COLOR, where only the moving line is drawn', async () => {
    const env = { NO_COLOR: '1' };
    const ended = await commandLine(['self-test', '--no-save'], { terminal: true, env });
    expect(ended.stdout).not.toMatch(colored);
    expect(ended.stderr.replaceAll('\r\x1b[2K', '')).not.toMatch(colored);
  });

  test('are off where the output goes to a file', async () => {
    const ended = await commandLine(['self-test', '--no-save']);
    expect(ended.stdout + ended.stderr).not.toMatch(colored);
  });

  test('are on with FORCE_COLOR', async () => {
    const env = { FORCE_COLOR: '1' };
    const ended = await commandLine(['self-test', '--no-save', '-q'], { env });
    expect(ended.stdout).toMatch(colored);
  });
});

test('what is told at a terminal breaks between words, not where the terminal is full', async () => {
  const surroundings = { terminal: true, columns: 60, env: { NO_COLOR: '1' } };
  const argv = ['self-test', '--no-save', '--format', 'json'];
  const { stderr } = await commandLine(argv, surroundings);
  const lines = stderr.split(/[\r\n]|\x1b\[2K/);
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}"Log in" /));
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
});

describe('at a terminal a request is listed once', () => {
  const requests = / POST +\S*\/token/;
  const run = (...options: string[]) =>
    commandLine(['self-test', '--no-save', ...options], {
      terminal: true,
      env: { NO_COLOR: '1' },
    });

  test('by the report, where it follows; what the form is filled with, while it runs', async () => {
    const { stdout, stderr } = await run();
    expect(stdout).toMatch(requests);
    expect(stderr).not.toMatch(requests);
    expect(stderr).toContain('types username, password');
  });

  test.each([[['--format', 'json']], [['--verbose']]])(
    'but while it runs with %j',
    async (options) => {
      expect((await run(...options)).stderr).toMatch(requests);
    },
  );
});

describe('where the trace goes', () => {
  test('into traces, under a name with the time, for the owner alone', async () => {
    const cwd = folder();
    const { stdout } = await commandLine(['self-test', '--quiet'], { cwd });
    const [name = ''] = readdirSync(join(cwd, 'traces'));
    expect(name).toMatch(/^oauth_trace_\d{8}_\d{6}\.json$/);
    const path = join(cwd, 'traces', name);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(stdout).toContain(`Trace: .${sep}${relative(cwd, path)}\n`);
  });

  test('two runs in one second do not overwrite each other', async () => {
    const cwd = folder();
    await Promise.all([1, 2, 3].map(() => commandLine(['self-test', '--quiet'], { cwd })));
    expect(readdirSync(join(cwd, 'traces'))).toHaveLength(3);
  });

  test('--trace-dir names another folder, which is made', async () => {
    const cwd = folder();
    await commandLine(['self-test', '--quiet', '--trace-dir', 'deep/er'], { cwd });
    expect(readdirSync(join(cwd, 'deep/er'))).toHaveLength(1);
  });

  test('--no-save leaves nothing behind', async () => {
    const cwd = folder();
    await commandLine(['self-test', '--quiet', '--no-save'], { cwd });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('--save-trace - puts the trace on stdout and the report on stderr', async () => {
    const cwd = folder();
    const { stdout, stderr } = await commandLine(['self-test', '-q', '--save-trace', '-'], { cwd });
    expect(parseTrace(stdout).sequence_summary.outcome).toBe('completed');
    expect(stderr).toContain('Completed: ');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('--report writes each report that was asked for', async () => {
    const cwd = folder();
    const argv = ['self-test', '-q', '--no-save', '--report', 'html=out/a.html'];
    const { stderr } = await commandLine([...argv, '--report', 'junit=b.xml'], { cwd });
    expect(readFileSync(join(cwd, 'out/a.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(readFileSync(join(cwd, 'b.xml'), 'utf8')).toContain('<testsuites');
    expect(statSync(join(cwd, 'b.xml')).mode & 0o777).toBe(0o600);
    expect(stderr).toContain(`Report: .${sep}b.xml\n`);
  });

  test('--no-redact keeps secrets in the file, and nowhere else', async () => {
    const cwd = folder();
    const argv = ['self-test', '--verbose', '--no-redact', '--save-trace', 'raw.json'];
    const { stdout, stderr } = await commandLine(argv, { cwd });
    const raw = readFileSync(join(cwd, 'raw.json'), 'utf8');
    expect(raw).toContain('testpass');
    expect(parseTrace(raw).metadata.redacted).toBe(false);
    expect(stdout + stderr).not.toContain('testpass');
  });
});

describe('Ctrl-C', () => {
  test('ends a run that waits for its user; the trace is saved and the exit code is 130', async () => {
    const server = await startServer();
    const cwd = folder();
    const argv = [server.mcpUrl, '--consent', 'print', '--save-trace', 'cut.json'];
    const { code, stdout } = await commandLine(argv, {
      cwd,
      onStderr: (text, interrupt) => {
        if (text.includes('/authorize?')) interrupt();
      },
    });
    await server.close();
    expect(code).toBe(130);
    expect(stdout).toContain('nterrupted');
    const trace = parseTrace(readFileSync(join(cwd, 'cut.json'), 'utf8'));
    expect(trace.sequence_summary.outcome).toBe('interrupted');
    expect(trace.trace_log.map(({ step }) => step)).toContain('registration');
  });

  test('while the trace is being saved loses nothing of it, and counts all the same', async () => {
    const { code, stdout } = await commandLine(['self-test', '-q', '--save-trace', '-'], {
      onStdout: (_, interrupt) => interrupt(),
    });
    expect(code).toBe(130);
    expect(parseTrace(stdout).sequence_summary.outcome).toBe('completed');
  });
});

test('a server that cannot be reached: exit code 3, and the trace is saved', async () => {
  const cwd = folder();
  // Port 9 is discard: nobody listens there.
  const argv = ['http://127.0.0.1:9/mcp', '-q', '--save-trace', 'dead.json'];
  const { code, stdout } = await commandLine(argv, { cwd });
  expect(code).toBe(3);
  expect(stdout).toContain('ECONNREFUSED');
  expect(existsSync(join(cwd, 'dead.json'))).toBe(true);
});
