import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FAULTS } from '../../src/server/faults.ts';
import { startServer } from '../../src/server/start.ts';
import { WORLDS } from '../../src/server/worlds/index.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, folder } from './command-line.ts';

test('self-test --all runs every world to its expected end, in a table', async () => {
  const { code, stdout, stderr } = await commandLine(['self-test', '--all']);
  const names = ['plain', ...WORLDS.map(({ name }) => name)];
  const rows = stdout.split('\n').slice(1, names.length + 1);
  expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(names);
  for (const row of rows) expect(row).toMatch(/ completed .* 0 +0 {2}yes$/);
  expect(rows.filter((row) => / completed +no /.test(row))).toEqual([
    expect.stringMatching(/^secured-api /),
  ]);
  const words = stdout.split(/[\s,]+/);
  for (const { name, expected } of WORLDS)
    if (expected.findings.length > 0)
      expect(words).toEqual(expect.arrayContaining([name, ...expected.findings]));
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

test('self-test --introspect lets the resource server ask about each token', async () => {
  const cwd = folder();
  const log = join(cwd, 'minimal.log');
  await serving(['--world', 'minimal', '--introspect', '--log', log], cwd, async (facts) => {
    await commandLine([...facts.arguments, '--quiet', '--no-save'], { cwd });
  });
  expect(readFileSync(log, 'utf8')).toContain('/introspect"');
  const argv = ['self-test', '--world', 'minimal', '--introspect', '--quiet', '--no-save'];
  expect((await commandLine(argv)).code).toBe(0);
});

test('self-test --world with a fault shows it', async () => {
  const argv = ['self-test', '--world', 'minimal', '-q', '--no-save'];
  const { code, stdout } = await commandLine([...argv, '--fault', 'token-type-invalid']);
  expect(code).not.toBe(0);
  expect(stdout).toContain('token-type-invalid');
});

test.each([
  ['minimal', 'mcp-scope-contradiction'],
  ['minimal', 'modern-result-type-missing'],
  ['minimal', 'transport-session-id-weak'],
  ['federated', 'insufficient-scope-challenge'],
  ['federated', 'cimd-advertised-but-rejected'],
  ['legacy', 'transport-legacy-sse-only'],
])(
  'self-test in the world %s shows %s, and nothing of what other worlds have',
  async (world, id) => {
    const argv = ['self-test', '--world', world, '--fault', id, '-q', '--no-save'];
    const { stdout } = await commandLine(argv);
    expect(stdout).toContain(id);
    expect(stdout).not.toContain('mcp:tools');
  },
);

test('self-test --world says of a fault that no run shows it', async () => {
  const argv = ['self-test', '--world', 'legacy', '-q', '--no-save'];
  const { stderr } = await commandLine([...argv, '--fault', 'authz-pkce-not-required']);
  expect(stderr).toContain('authz-pkce-not-required does not show in a run');
});

test.each([[], ['--world', 'legacy']])(
  'serve %s says of a fault that no run shows it, on stderr alone',
  async (...world) => {
    const argv = [
      'serve',
      ...world,
      '--json',
      '--fault',
      'authz-pkce-not-required,token-type-invalid',
    ];
    const { code, stdout, stderr } = await commandLine(argv, {
      onStdout: (_, interrupt) => interrupt(),
    });
    expect(stderr).toBe(
      'authz-pkce-not-required does not show in a run: only an extra request would notice it.\n',
    );
    expect(JSON.parse(stdout)).toMatchObject({ mcp_url: expect.any(String) });
    expect(code).toBe(0);
  },
);

test.each([[], ['--world', 'minimal']])(
  'serve %s names the faults that are active, and says nothing where there are none',
  async (...world) => {
    const served = async (...argv: readonly string[]): Promise<string> => {
      const { stdout } = await commandLine(['serve', ...world, ...argv], {
        onStdout: (_, interrupt) => interrupt(),
      });
      return stdout;
    };
    const faulty = ['--fault', 'token-type-invalid,auth-not-required'];
    expect(await served(...faulty)).toMatch(
      /^Faulty on purpose: token-type-invalid, auth-not-required$/m,
    );
    expect(await served()).not.toContain('aulty');
    expect(JSON.parse(await served('--json', ...faulty)).faults).toEqual([
      'token-type-invalid',
      'auth-not-required',
    ]);
    expect(JSON.parse(await served('--json')).faults).toEqual([]);
  },
);

test('serve --list-faults marks those that no run shows', async () => {
  const { stdout } = await commandLine(['serve', '--list-faults']);
  const lines = stdout.trimEnd().split('\n');
  const marked = lines.filter((line) => line.endsWith(' (no run shows it)'));
  const hidden = FAULTS.filter(({ needs }) => needs === 'probe');
  expect(lines).toHaveLength(FAULTS.length);
  expect(marked.map((line) => line.split(' ')[0])).toEqual(hidden.map(({ id }) => id));
});

test.each([
  [['self-test', '--world', 'minimul'], 'did you mean minimal?'],
  [['self-test', '--all', '--world', 'minimal'], '--all runs every world'],
  [['self-test', '--world', 'legacy', '--fault', 'token-jwt-claims'], 'away, or name minimal\n'],
  [['serve', '--world', 'minimal', '--fault', 'no-prm-issuer-not-origin'], 'does not show in the'],
  [['self-test', '--world', 'minimal', '--split'], '--split cannot go with --world: a world has'],
  [['self-test', '--world', 'minimal', '--tokens', 'jwt'], '--tokens cannot go with --world'],
  [['serve', '--world', 'minimal', '--tokens', 'jwt'], '--tokens cannot go with --world'],
  [
    ['serve', '--world', 'minimal', '--split', '--user', 'a:b'],
    '--user and --split cannot go with --world: a world has its own users, origins and tokens',
  ],
  [['self-test', '--world', 'legacy', '--introspect'], '--introspect is for --world minimal'],
  [['serve', '--introspect'], '--introspect is for --world minimal: name it'],
  [['self-test', '--all', '--save-trace', 'x.json'], 'leave --save-trace away'],
  [['self-test', '--all', '--format', 'json'], 'leave --format away'],
  [['self-test', '--all', '--report', 'html=x.html'], 'leave --report away'],
])('%j is a mistake of usage', async (argv, message) => {
  const { code, stderr } = await commandLine(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

/** What a run against a served world needs. */
interface Facts {
  readonly arguments: readonly string[];
  readonly ca: string | null;
}

/** Serves until `during` is through with what `serve --json` prints. */
async function serving(
  argv: readonly string[],
  cwd: string,
  during: (facts: Facts) => Promise<void>,
): Promise<number> {
  let through: Promise<void> | undefined;
  const { code } = await commandLine(['serve', '--json', ...argv], {
    cwd,
    onStdout: (text, interrupt) => {
      through = during(JSON.parse(text)).finally(interrupt);
    },
  });
  await through;
  return code;
}

describe('serve --world', () => {
  test('what a world logs is laid beside the trace of a run against it', async () => {
    const cwd = folder();
    const log = join(cwd, 'minimal.log');
    const code = await serving(['--world', 'minimal', '--log', log], cwd, async (facts) => {
      const run = [...facts.arguments, '--quiet', '--save-trace', 'run.json'];
      expect((await commandLine(run, { cwd })).code).toBe(0);
    });
    expect(code).toBe(0);
    const shown = ['show', 'run.json', '--format', 'json', '--server-log', 'minimal.log'];
    const { stdout } = await commandLine(shown, { cwd });
    const { trace } = JSON.parse(stdout);
    const before = parseTrace(readFileSync(join(cwd, 'run.json'), 'utf8')).trace_log.length;
    expect(trace.trace_log.length).toBeGreaterThan(before);
    const hops = trace.trace_log.filter((exchange: { seen_by?: string }) => exchange.seen_by);
    expect(hops).toHaveLength(trace.trace_log.length - before);
    expect(readFileSync(log, 'utf8')).toContain('testpass');
    expect(stdout).not.toContain('testpass');
  });

  test('a world with an authority and a mail box runs by the line it prints alone', async () => {
    const cwd = folder();
    let ca = '';
    await serving(['--world', 'secured-api'], cwd, async (facts) => {
      ca = facts.ca ?? '';
      expect(facts.arguments).toEqual(expect.arrayContaining(['--cacert', ca, '--otp-command']));
      const run = [...facts.arguments, '--quiet', '--no-save', '--fail-on', 'never'];
      const { code, stdout } = await commandLine(run, { cwd });
      expect(stdout).toContain('Completed: ');
      expect(code).toBe(0);
    });
    expect(ca).toMatch(/ca\.pem$/);
    expect(existsSync(ca)).toBe(false);
  });

  test('the line for people names everything that a run needs', async () => {
    const { stdout } = await commandLine(['serve', '--world', 'secured-api'], {
      onStdout: (_, interrupt) => interrupt(),
    });
    expect(stdout).toMatch(
      /Try: mcp-oauth-trace https:\/\/mcp\.demo\.example\S* .*--resolve mcp\.demo\.example:\d+:127\.0\.0\.1 .*--cacert \S+ca\.pem /,
    );
  });
});

describe('show --server-log', () => {
  test('a log of other requests adds nothing, and that is said', async () => {
    const cwd = folder();
    await commandLine(['self-test', '-q', '--save-trace', 'run.json'], { cwd });
    const log = join(process.cwd(), 'fixtures/kong/file-log.jsonl');
    const { stderr } = await commandLine(['show', 'run.json', '--server-log', log], { cwd });
    expect(stderr).toContain('nothing that a request of this trace caused');
  });

  test('a file that is no log is a mistake of usage', async () => {
    const cwd = folder();
    await commandLine(['self-test', '-q', '--save-trace', 'run.json'], { cwd });
    writeFileSync(join(cwd, 'no.log'), 'hello\n');
    const { code, stderr } = await commandLine(['show', 'run.json', '--server-log', 'no.log'], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('"no.log" holds no exchange');
  });
});

describe('import kong', () => {
  const log = join(process.cwd(), 'fixtures/kong/file-log.jsonl');

  test('a log becomes a trace that the other commands read', async () => {
    const cwd = folder();
    const { code, stderr } = await commandLine(['import', 'kong', log, '-o', 'kong.json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Trace: .${sep}kong.json\n` });
    const trace = parseTrace(readFileSync(join(cwd, 'kong.json'), 'utf8'));
    expect(trace.metadata.source).toBe('kong');
    expect(trace.trace_log.length).toBeGreaterThan(0);
    expect((await commandLine(['show', 'kong.json'], { cwd })).code).toBe(0);
  });

  test('without a name it goes to stdout, redacted', async () => {
    const { stdout } = await commandLine(['import', 'kong', '-'], {
      stdin: readFileSync(log, 'utf8'),
    });
    expect(parseTrace(stdout).metadata.redacted).toBe(true);
  });

  test('a file that exists is not overwritten', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'kong.json'), 'mine');
    const { code } = await commandLine(['import', 'kong', log, '-o', 'kong.json'], { cwd });
    expect(code).toBe(2);
    expect(readFileSync(join(cwd, 'kong.json'), 'utf8')).toBe('mine');
  });
});

describe('user', () => {
  const env = { OAUTH_TEST_USERNAME: 'ada', OAUTH_TEST_PASSWORD: 'correct horse' };
  const email = ['--email', 'ada@user.example'];

  async function reference(): Promise<string> {
    const server = await startServer();
    onTestFinished(() => server.close());
    return server.mcpUrl;
  }

  test('is refused, created, exists and is accepted, one after the other', async () => {
    const server = ['--server', await reference()];
    const ended = [
      await commandLine(['user', 'check', ...server], { env }),
      await commandLine(['user', 'create', ...server, ...email], { env }),
      await commandLine(['user', 'create', ...server, ...email], { env }),
      await commandLine(['user', 'check', ...server], { env }),
    ];
    expect(ended.map(({ code, stdout }) => [code, stdout.split(':')[0]])).toEqual([
      [3, 'refused'],
      [0, 'created'],
      [0, 'exists'],
      [0, 'accepted'],
    ]);
    expect(JSON.stringify(ended)).not.toContain('correct horse');
  });

  test('is created at a path that is named, and the trace keeps no password', async () => {
    const cwd = folder();
    const argv = ['user', 'create', '--server', await reference(), '--register-path', '/signup'];
    const saved = [...argv, ...email, '--save-trace', 'user.json'];
    const { code, stdout } = await commandLine(saved, { env, cwd });
    expect(stdout).toMatch(/^created: /);
    expect(code).toBe(0);
    const text = readFileSync(join(cwd, 'user.json'), 'utf8');
    expect(parseTrace(text).trace_log.map(({ request }) => request.method)).toContain('POST');
    expect(text).not.toMatch(/correct[ +]horse|ada@user\.example/);
  });

  test.each(['create', 'check'])(
    'Ctrl-C while the trace of %s is being saved loses nothing of it, and counts all the same',
    async (action) => {
      const argv = ['user', action, '--server', await reference(), ...email, '--save-trace', '-'];
      const { code, stdout } = await commandLine(argv, {
        env,
        onStdout: (_, interrupt) => interrupt(),
      });
      expect(code).toBe(130);
      expect(parseTrace(stdout).trace_log.length).toBeGreaterThan(0);
    },
  );

  test('without an address, a form that asks for one says how to give it', async () => {
    const argv = ['user', 'create', '--server', await reference()];
    const { code, stdout } = await commandLine(argv, { env });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^refused: .* asks for "email", which is not known; give --email\n$/);
  });

  test('a server that is not there is exit code 3', async () => {
    const argv = ['user', 'check', '--server', 'http://127.0.0.1:9/mcp'];
    const { code, stdout } = await commandLine(argv, { env });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^unreached: .*ECONNREFUSED/);
  });

  test.each([
    [
      ['user', 'create', '--server', 'http://127.0.0.1:9/mcp'],
      { OAUTH_TEST_USERNAME: 'ada' },
      'the password of "ada" is missing',
    ],
    [['user', 'check', '--server', 'http://127.0.0.1:9/mcp'], {}, '--username is missing'],
    [['user', 'check'], env, '--server is missing'],
    [['user', 'delete'], env, 'the action is "delete"'],
  ])('%j is a mistake of usage', async (argv, surrounding, message) => {
    const { code, stderr } = await commandLine(argv, { env: surrounding });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
