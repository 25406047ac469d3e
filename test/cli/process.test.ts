import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseTrace } from '../../src/trace/parse.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { folder } from './command-line.ts';
import { buildProgram, type Program, type Run } from './program.ts';

let program: Program;

beforeAll(() => {
  program = buildProgram();
});

afterAll(() => program.remove());

/** The reference server as a process of its own, stopped after the test. */
async function serve(args: readonly string[] = []): Promise<{ mcpUrl: string; server: Run }> {
  const server = program.run(['serve', '--json', '--user', 'alice:wonderland', ...args]);
  onTestFinished(async () => {
    server.kill('SIGTERM');
    await server.ended;
  });
  const [line] = await server.seen('stdout', /^.*\n/);
  return { mcpUrl: JSON.parse(line).mcp_url, server };
}

/** util-linux's `script` makes the terminal; in CI its absence is a failure. */
const testAtTerminal = test.skipIf(!existsSync('/usr/bin/script') && !process.env.CI);

const ALICE = { OAUTH_TEST_USERNAME: 'alice', OAUTH_TEST_PASSWORD: 'wonderland' };

function savedTrace({ cwd }: Run): Trace {
  const names = readdirSync(join(cwd, 'traces'));
  expect(names).toHaveLength(1);
  return parseTrace(readFileSync(join(cwd, 'traces', names[0] ?? ''), 'utf8'));
}

describe('exit codes', () => {
  test('0 for a run without findings', async () => {
    expect((await program.run(['self-test', '--no-save']).ended).code).toBe(0);
  });

  test('1 for findings', async () => {
    const run = program.run(['self-test', '--no-save', '--fault', 'token-cache-control']);
    expect((await run.ended).code).toBe(1);
  });

  test('2 for a usage error, which is the only line', async () => {
    const { code, stdout, stderr } = await program.run(['check', 'absent.json']).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^mcp-oauth-trace: [^\n]+\n$/);
  });

  test('3 for a server that is not there', async () => {
    const run = program.run(['http://127.0.0.1:9/mcp', '--quiet']);
    expect((await run.ended).code).toBe(3);
    expect(savedTrace(run).sequence_summary.failed_step).toBe('challenge');
  });

  test('4 for a server that asks for no token', async () => {
    const { mcpUrl } = await serve(['--fault', 'auth-not-required']);
    expect((await program.run([mcpUrl, '--quiet']).ended).code).toBe(4);
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s while the user is awaited: exit code 130, trace saved, listener closed',
    async (signal) => {
      const { mcpUrl } = await serve();
      const run = program.run([mcpUrl, '--consent', 'print']);
      const [address] = await run.seen('stderr', /http:\S+\/authorize\?\S+/);
      const callback = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
      run.kill(signal);
      const { code, stderr } = await run.ended;
      expect({ code, stderr }).toMatchObject({ code: 130 });
      const { sequence_summary } = savedTrace(run);
      expect(sequence_summary).toMatchObject({
        outcome: 'interrupted',
        failed_step: 'authorization',
      });
      const socket = createConnection(Number(callback.port), '127.0.0.1');
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    },
  );

  test('SIGINT ends a run that waits for a line, although standard input stays open', async () => {
    const { mcpUrl } = await serve();
    const run = program.run([mcpUrl, '--consent', 'paste'], { stdin: null });
    await run.seen('stderr', /Paste the URL/);
    run.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(savedTrace(run).sequence_summary.outcome).toBe('interrupted');
  });

  testAtTerminal(
    'Ctrl-C ends a run that reads from a terminal, which hands the key over as it is',
    async () => {
      const { mcpUrl } = await serve();
      const run = program.run([mcpUrl, '--consent', 'paste'], { stdin: null, terminal: true });
      await run.seen('stdout', /Paste the URL/);
      run.type('\x03');
      expect((await run.ended).code).toBe(130);
      expect(savedTrace(run).sequence_summary.outcome).toBe('interrupted');
    },
  );

  testAtTerminal('a password is asked for at a terminal, which does not show it', async () => {
    const { mcpUrl } = await serve();
    const argv = [mcpUrl, '--quiet', '--username', 'alice'];
    const run = program.run(argv, { stdin: null, terminal: true });
    await run.seen('stdout', /Password of alice .*: $/);
    run.type('wonderland\r');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain('wonder');
    expect(savedTrace(run).metadata).toMatchObject({ username: 'alice', consent: 'form' });
  });

  testAtTerminal('Ctrl-C in place of a password ends it before anything is sent', async () => {
    const { mcpUrl } = await serve();
    const run = program.run([mcpUrl, '--username', 'alice'], { stdin: null, terminal: true });
    await run.seen('stdout', /Password of alice/);
    run.type('\x03');
    expect((await run.ended).code).toBe(130);
    expect(readdirSync(run.cwd)).toEqual([]);
  });

  test('serve stops at SIGTERM with exit code 0', async () => {
    const { server } = await serve();
    server.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });
});

testAtTerminal('a terminal without a size is taken for one of 80 columns', async () => {
  const run = program.run(['http://127.0.0.1:9/mcp', '--no-save'], { terminal: true });
  expect((await run.ended).stdout).toMatch(/skipped: [^\n]{30,}/);
});

describe('an output that nobody reads', () => {
  test.each(['stdout', 'stderr'] as const)(
    '%s closed in the middle of a run: the trace is saved and the exit code stands',
    async (stream) => {
      const run = program.run(['self-test', '--fault', 'token-cache-control']);
      run.hangUp(stream);
      expect((await run.ended).code).toBe(1);
      expect(savedTrace(run).sequence_summary.outcome).toBe('completed');
    },
  );

  test('a long list cut off by its reader is no error', async () => {
    const run = program.run(['explain']);
    await run.seen('stdout', /\n/);
    run.hangUp('stdout');
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a bug of ours', () => {
  test('is told with the source files of its stack, and nothing of where they are installed', async () => {
    const broken =
      "Error.stackTraceLimit=50;Date.prototype.toISOString=()=>{throw new TypeError('broken on purpose')}";
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}` };
    const run = program.run(['self-test', '--no-save', '--quiet'], { env });
    const { code, stderr } = await run.ended;
    expect(code).toBe(70);
    expect(stderr).toContain('broken on purpose');
    expect(stderr).toMatch(
      /^ +at (?:async )?\w+ \(src\/[\w/-]+\.ts chunks\/[\w-]+\.cjs:\d+:\d+\)$/m,
    );
    expect(stderr).toMatch(/^ +at async run \(bin\/mcp-oauth-trace\.js:\d+:\d+\)$/m);
    expect(stderr).not.toContain(dirname(dirname(program.bin)));
    expect(stderr).not.toMatch(/\bdist\b|file:/);
  });

  test('has no source map beside it', () => {
    const files = readdirSync(join(program.bin, '../../dist'), { recursive: true });
    expect(files.filter((name) => String(name).endsWith('.map'))).toEqual([]);
  });
});

describe('serve', () => {
  test('says where it listens, with a line to try', async () => {
    const server = program.run(['serve', '--user', 'alice:wonderland']);
    const [, line = ''] = await server.seen('stdout', /^Try: mcp-oauth-trace (.*)\n/m);
    server.kill('SIGINT');
    const { stdout } = await server.ended;
    expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp --username alice$/);
    expect(stdout).toContain('OAUTH_TEST_PASSWORD');
    expect(stdout).not.toContain('wonderland');
  });

  test('logs each exchange as a JSON line that a trace can be matched with', async () => {
    const log = join(folder(), 'log.jsonl');
    const { mcpUrl } = await serve(['--log', log]);
    const run = program.run([mcpUrl, '--quiet'], { env: ALICE });
    expect((await run.ended).code).toBe(0);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const parents = lines.map((line) => traceparentOf(JSON.parse(line)));
    const sent = savedTrace(run)
      .trace_log.filter(({ channel }) => channel !== 'loopback')
      .map(traceparentOf);
    expect(parents).toEqual(sent);
  });
});

function traceparentOf({ request }: Trace['trace_log'][number]): string | undefined {
  return request.headers.find(([name]) => name.toLowerCase() === 'traceparent')?.[1];
}

test('the user name comes from the environment, and the password with it', async () => {
  const { mcpUrl } = await serve();
  const env = { ...ALICE, OAUTH_SERVER_URL: mcpUrl, OAUTH_CLIENT_NAME: 'Named by environment' };
  const run = program.run(['--quiet'], { env });
  expect((await run.ended).code).toBe(0);
  const { metadata, trace_log } = savedTrace(run);
  expect(metadata.username).toBe('alice');
  const registration = trace_log.find(({ step }) => step === 'registration');
  expect(registration?.request.body?.text).toContain('Named by environment');
});

test('a pasted answer completes a run without a listener being reached', async () => {
  const { mcpUrl } = await serve();
  const run = program.run([mcpUrl, '--quiet', '--consent', 'paste'], { stdin: 'nonsense here\n' });
  const { code, stdout } = await run.ended;
  expect(code).toBe(3);
  expect(stdout).toContain('pasted');
});
