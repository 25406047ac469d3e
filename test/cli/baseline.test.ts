import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, type Ended, folder } from './command-line.ts';

const HEALTHY = resolve('traces/reference/healthy.json');
/** One error. */
const FAULTY = resolve('traces/reference/token-cache-control.json');

const RUN = ['self-test', '-q', '--no-save'];
const against = (baseline: string, ...more: readonly string[]): readonly string[] => [
  ...RUN,
  '--baseline',
  baseline,
  ...more,
];
const NO_REFRESH_TOKEN = ['--fault', 'token-no-refresh-token'];
const GONE = 'refresh_token is gone from the answer of the token endpoint';

test('a run like its baseline passes', async () => {
  const cwd = folder();
  await commandLine(['self-test', '-q', '--save-trace', 'base.json'], { cwd });
  const { code, stdout } = await commandLine(against('base.json'), { cwd });
  expect(stdout).toContain('base.json → this run: no difference');
  expect(stdout).not.toContain('orse than');
  expect(code).toBe(0);
});

test('a run that got worse fails and says by what, also where its findings would pass', async () => {
  const { code } = await commandLine([...RUN, ...NO_REFRESH_TOKEN]);
  expect(code).toBe(0);
  const worse = await commandLine(against(HEALTHY, ...NO_REFRESH_TOKEN), { columns: 300 });
  expect(worse.code).toBe(1);
  expect(worse.stdout).toContain('gone: refresh_token in the answer of token');
  expect(worse.stdout.replace(/\s+/g, ' ')).toMatch(
    new RegExp(`Worse than ${HEALTHY}: ${GONE}\\. $`),
  );
});

test('a run that got better passes, and says that nothing is worse', async () => {
  const { code, stdout } = await commandLine(against(FAULTY));
  expect(stdout).toContain('gone: token-cache-control');
  expect(stdout.replace(/\s+/g, ' ')).toMatch(
    /Not worse than [^ ]+\/token-cache-control\.json\. $/,
  );
  expect(code).toBe(0);
});

test('a server that asks for no token any more is worse, with the exit code of its own', async () => {
  const cwd = folder();
  const run = (url: string, ...more: readonly string[]): Promise<Ended> =>
    commandLine([url, '-q', '--no-save', '--username', 'u', '--baseline', 'base.json', ...more], {
      cwd,
      env: { OAUTH_TEST_PASSWORD: 'p' },
      columns: 120,
    });
  expect((await run(await serving(), '--update-baseline')).code).toBe(0);
  const { code, stdout } = await run(await serving('auth-not-required'));
  expect(code).toBe(4);
  expect(stdout).toContain(
    'Worse than base.json: the run completes; now it is let in without a token at "challenge"; ' +
      'status was 401, is 200 in the\nanswer to initialize without a token.\n',
  );
});

async function serving(...faults: readonly string[]): Promise<string> {
  const server = await startServer({ users: [{ name: 'u', password: 'p' }], faults });
  onTestFinished(() => server.close());
  return server.mcpUrl;
}

describe('what is worse stands in', () => {
  test('an annotation and the summary of GitHub Actions', async () => {
    const cwd = folder();
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    const { stderr } = await commandLine(against(HEALTHY, ...NO_REFRESH_TOKEN), { env, cwd });
    expect(stderr).toContain(`::error title=baseline::Worse than ${HEALTHY}: ${GONE}.\n`);
    expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toContain(
      `### Worse than \`${HEALTHY}\` (1)\n\n- ${GONE.replace('_', '&#95;')}\n`,
    );
  });

  test('--format json and --report junit', async () => {
    const cwd = folder();
    const argv = against(HEALTHY, '--format', 'json', '--report', 'junit=run.xml');
    const { stdout } = await commandLine([...argv, ...NO_REFRESH_TOKEN], { cwd });
    const { baseline } = JSON.parse(stdout);
    expect(baseline).toMatchObject({ name: HEALTHY, same: false });
    expect(baseline.worse).toMatchObject([
      { change: 'removed', where: { role: 'token', pointer: '/response/body/refresh_token' } },
    ]);
    expect(readFileSync(join(cwd, 'run.xml'), 'utf8')).toMatch(
      /<testsuite name="baseline"[^>]* failures="1"/,
    );
  });
});

test('--save-trace - keeps the diff off standard output', async () => {
  const argv = ['self-test', '-q', '--save-trace', '-', '--baseline', FAULTY];
  const { stdout, stderr } = await commandLine(argv);
  expect(parseTrace(stdout).sequence_summary.outcome).toBe('completed');
  expect(stderr).toContain('gone: token-cache-control');
});

describe('what the run is not judged by', () => {
  test('is not asked of the baseline either', async () => {
    const cwd = folder();
    const rule = 'token-cache-control';
    const expected = { expected: [{ rule, reason: 'known' }] };
    const file = join(cwd, 'expected.json');
    writeFileSync(file, JSON.stringify(expected));
    for (const asked of [`--ignore ${rule}`, '--only token-type-invalid', `--expect ${file}`]) {
      const argv = against(FAULTY, '--fault', rule, ...asked.split(' '));
      const { code, stdout } = await commandLine(argv, { cwd });
      expect({ asked, code }).toEqual({ asked, code: 0 });
      expect(stdout).not.toContain(`gone: ${rule}`);
    }
  });

  test('--ignore takes what diff takes', async () => {
    const argv = against(HEALTHY, ...NO_REFRESH_TOKEN, '--ignore');
    for (const ignored of ['refresh_token', '/response/body/refresh_token']) {
      const { code, stderr } = await commandLine([...argv, ignored]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });

  test('--ignore says what it does not find', async () => {
    const { code, stderr } = await commandLine(against(HEALTHY, '--ignore', 'token-type-invlid'));
    expect(code).toBe(0);
    expect(stderr).toBe(
      '--ignore "token-type-invlid" leaves nothing out: it is no rule, and no pointer, header, field or tool that is compared.\n',
    );
  });

  test('--ignore says so too where the baseline is only being written', async () => {
    const argv = [...against('base.json'), '--update-baseline', '--ignore', 'refresh_tokn'];
    expect((await commandLine(argv)).stderr).toContain(
      '--ignore "refresh_tokn" leaves nothing out',
    );
  });
});

describe('--update-baseline', () => {
  test('writes the run, redacted, and passes', async () => {
    const cwd = folder();
    const { code, stderr } = await commandLine(against('base.json', '--update-baseline'), { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(`Baseline: .${sep}base.json\n`);
    const text = readFileSync(join(cwd, 'base.json'), 'utf8');
    expect(parseTrace(text).sequence_summary.outcome).toBe('completed');
    expect(text).not.toContain('testpass');
  });

  test('replaces the old one, and calls nothing worse', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'base.json'), readFileSync(HEALTHY));
    const argv = against('base.json', '--update-baseline', ...NO_REFRESH_TOKEN);
    const { code, stdout } = await commandLine(argv, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('refresh_token is gone');
    expect(stdout).not.toContain('orse than');
    expect((await commandLine(['check', 'base.json'], { cwd })).stdout).toContain(
      'token-no-refresh-token',
    );
  });
});
