import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stableText } from '../../scripts/stable-text.ts';
import { STEPS } from '../../src/spec/steps.ts';
import { STEP_IDS } from '../../src/trace/format.ts';
import { commandLine, folder } from './command-line.ts';

const HEALTHY = resolve('traces/reference/healthy.json');
/** One error. */
const FAULTY = resolve('traces/reference/token-cache-control.json');
/** One warning. */
const DUBIOUS = resolve('traces/reference/token-expires-in-missing.json');

describe('check', () => {
  test('prints the report of a saved trace', async () => {
    const { code, stdout, stderr } = await commandLine(['check', FAULTY]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('token-cache-control');
  });

  test('reads standard input', async () => {
    const stdin = readFileSync(HEALTHY, 'utf8');
    const { code, stdout } = await commandLine(['check', '-'], { stdin });
    expect(code).toBe(0);
    expect(stdout).toContain('No findings.');
  });

  test('reads the JSON report of a trace as that trace', async () => {
    const report = await commandLine(['show', FAULTY, '--format', 'json']);
    const [again, once] = await Promise.all([
      commandLine(['check', '-'], { stdin: report.stdout }),
      commandLine(['check', FAULTY]),
    ]);
    expect(again).toEqual(once);
    const compared = await commandLine(['diff', FAULTY, '-'], { stdin: report.stdout });
    expect(compared).toMatchObject({ code: 0, stderr: '' });
  });

  test('gives exit code 0 for a run that reached nothing: no rule complains', async () => {
    const cwd = folder();
    const argv = ['http://127.0.0.1:1/mcp', '-q', '--username', 'a', '--password', 'b'];
    expect((await commandLine([...argv, '--save-trace', 'a.json'], { cwd })).code).toBe(3);
    expect((await commandLine(['check', 'a.json'], { cwd })).code).toBe(0);
  });

  test('gives exit code 0 for a flow that broke without findings of that weight', async () => {
    const broken = resolve('traces/reference/dcr-closed.json');
    expect((await commandLine(['check', broken, '--fail-on', 'never'])).code).toBe(0);
  });

  test.each(['text', 'json', 'markdown', 'html', 'mermaid', 'plantuml', 'har', 'curl', 'junit'])(
    'takes --format %s',
    async (format) => {
      const { code, stdout, stderr } = await commandLine(['check', HEALTHY, '--format', format]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.length).toBeGreaterThan(100);
    },
  );

  test('tells apart what is no trace', async () => {
    const { code, stderr } = await commandLine(['check', '-'], { stdin: '{"a":1}' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcp-oauth-trace: "standard input" [^\n]+\n$/);
  });

  test('names the version of a trace from the future', async () => {
    const stdin = readFileSync(HEALTHY, 'utf8').replace('"trace_version": 1', '"trace_version": 9');
    const { code, stderr } = await commandLine(['check', '-'], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain('9');
  });
});

describe('--fail-on', () => {
  test.each([
    [FAULTY, 'error', 1],
    [FAULTY, 'warning', 1],
    [FAULTY, 'never', 0],
    [DUBIOUS, 'error', 0],
    [DUBIOUS, 'warning', 1],
    [DUBIOUS, 'info', 1],
    [HEALTHY, 'info', 0],
  ])('%s with %s gives exit code %i', async (file, severity, code) => {
    expect((await commandLine(['check', file, '--fail-on', severity])).code).toBe(code);
  });
});

describe('--only and --ignore', () => {
  test('--only judges by the rules named', async () => {
    const argv = ['check', FAULTY, '--only', 'asm-issuer-mismatch,asm-not-found'];
    expect((await commandLine(argv)).code).toBe(0);
    const hit = await commandLine(['check', FAULTY, '--only', 'token-cache-control']);
    expect(hit.code).toBe(1);
  });

  test('--ignore leaves rules out of the report and of the exit code', async () => {
    const argv = ['check', FAULTY, '--ignore', 'token-cache-control'];
    const { code, stdout } = await commandLine(argv);
    expect(code).toBe(0);
    expect(stdout).not.toContain('token-cache-control');
  });

  test('work for a run as for a file', async () => {
    const argv = ['self-test', '-q', '--no-save', '--fault', 'token-cache-control'];
    expect((await commandLine([...argv, '--ignore', 'token-cache-control'])).code).toBe(0);
  });
});

describe('--expect', () => {
  const expectations = (...expected: readonly object[]): string => {
    const path = join(folder(), 'expected.json');
    writeFileSync(path, JSON.stringify({ expected }));
    return path;
  };

  test('an expected finding passes and is named', async () => {
    const file = expectations({ rule: 'token-cache-control', reason: 'the proxy sets it' });
    const { code, stdout } = await commandLine(['check', FAULTY, '--expect', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 expected: token-cache-control');
  });

  test('an expectation that no longer comes true fails', async () => {
    const file = expectations({ rule: 'token-cache-control', reason: 'the proxy sets it' });
    const { code, stdout } = await commandLine(['check', HEALTHY, '--expect', file]);
    expect(code).toBe(1);
    expect(stdout).toContain('take it out of the expectations: token-cache-control');
  });

  test.each([
    ['the flow broke before', ['check', resolve('traces/reference/dcr-closed.json')]],
    ['the rule is switched off', ['check', HEALTHY, '--ignore', 'token-cache-control']],
    ['other rules alone are asked for', ['check', HEALTHY, '--only', 'token-type-invalid']],
  ])('an expectation whose rule was not looked at stays: %s', async (_, argv) => {
    const file = expectations({ rule: 'token-cache-control', reason: 'the proxy sets it' });
    const { code, stdout } = await commandLine([...argv, '--expect', file]);
    expect(stdout).not.toContain('take it out');
    expect(code).toBe(0);
  });

  test('--fail-on never passes it, and it is told all the same', async () => {
    const file = expectations({ rule: 'token-cache-control', reason: 'the proxy sets it' });
    const argv = ['check', HEALTHY, '--expect', file, '--fail-on', 'never'];
    const { code, stdout } = await commandLine(argv);
    expect(code).toBe(0);
    expect(stdout).toContain('take it out of the expectations: token-cache-control');
  });

  test('one that is gone is an annotation in GitHub Actions, and a failed case in JUnit', async () => {
    const file = expectations({ rule: 'token-cache-control', reason: 'the proxy sets it' });
    const argv = ['check', HEALTHY, '--expect', file, '--format', 'junit'];
    const env = { GITHUB_ACTIONS: 'true' };
    const { stdout, stderr } = await commandLine(argv, { env });
    expect(stderr).toContain(
      '::error title=token-cache-control::no longer found, take it out of the expectations (the proxy sets it)\n',
    );
    expect(stdout).toMatch(
      /<testsuite name="expectations"[^>]* failures="1".*\n<testcase name="token-cache-control"[^>]*><failure /,
    );
  });

  test('an expectation about another server counts for nothing', async () => {
    const server = 'https://another.example/mcp';
    const file = expectations({ rule: 'token-cache-control', reason: 'known', server });
    expect((await commandLine(['check', FAULTY, '--expect', file])).code).toBe(1);
    expect((await commandLine(['check', HEALTHY, '--expect', file])).code).toBe(0);
  });

  test.each([
    ['no JSON', 'hello', 'it is not JSON'],
    ['no list', '{}', 'expected'],
    ['no reason', '{"expected":[{"rule":"token-cache-control"}]}', 'expected.0.reason'],
    [
      'an unknown rule',
      '{"expected":[{"rule":"token-cash-control","reason":"x"}]}',
      'did you mean',
    ],
  ])('a file with %s is told in one line', async (_, text, said) => {
    const path = join(folder(), 'expected.json');
    writeFileSync(path, text);
    const { code, stderr } = await commandLine(['check', HEALTHY, '--expect', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^mcp-oauth-trace: [^\n]+\n$/);
  });
});

describe('explain', () => {
  test('a rule', async () => {
    const { code, stdout } = await commandLine(['explain', 'token-cache-control']);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  test('a step lists its rules at length', async () => {
    const { stdout } = await commandLine(['explain', 'refresh']);
    expect(stdout).toContain('refresh-failed');
    expect(stdout).toContain('How to mend it');
    expect(stdout).not.toContain('token-cache-control');
  });

  test.each(STEP_IDS)('the step %s says what it is before its rules', async (step) => {
    const { code, stdout } = await commandLine(['explain', step]);
    expect(code).toBe(0);
    const { title, about, sent, trouble } = STEPS[step];
    const said = stdout.replace(/\s+/g, ' ');
    for (const text of [title, about, sent, trouble]) expect(said).toContain(text);
    expect(stdout.startsWith(`${step}  ${title}\n`)).toBe(true);
  });

  test('a fault of the reference server by the rule that says so', async () => {
    const { code, stdout } = await commandLine(['explain', 'token-jwt-unsigned']);
    expect(code).toBe(0);
    const [title, about = '', ...rest] = stdout.split('\n\n')[0]!.split('\n');
    expect([title, [about, ...rest].join(' ')]).toEqual([
      'token-jwt-unsigned',
      'A fault of the reference server, which then issues tokens without a signature. token-jwt-claims says so.',
    ]);
    const rule = await commandLine(['explain', 'token-jwt-claims']);
    expect(stdout.endsWith(`\n\n${rule.stdout}`)).toBe(true);
  });

  test('a fault that no run shows', async () => {
    const { code, stdout } = await commandLine(['explain', 'mcp-forged-jwt-accepted']);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ').trim()).toBe(
      'mcp-forged-jwt-accepted A fault of the reference server, which then reads tokens without checking their signature. No run shows it: only an extra request would.',
    );
  });

  test('without a name lists every rule by step', async () => {
    const { stdout } = await commandLine(['explain']);
    const { RULES } = await import('../../src/rules/index.ts');
    for (const { id } of RULES) expect(stdout).toContain(id);
  });

  test('keeps to the width of the terminal', async () => {
    const { stdout } = await commandLine(['explain', 'registration'], { columns: 60 });
    const wide = stdout
      .split('\n')
      .filter((line) => line.length > 60 && !/https?:|^ {2}[{"\]}]|·|\{/.test(line));
    expect(wide).toEqual([]);
  });
});

test.each([
  ['--ignore', 'asm-issuer-mismatch'],
  ['--only', 'token-cache-control'],
])('%s takes a rule out of the findings, not out of the cause', async (option, id) => {
  const broken = resolve('traces/reference/asm-issuer-mismatch.json');
  const { code, stdout } = await commandLine(['check', broken, option, id]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Cause at server-metadata.*\n\n.*asm-issuer-mismatch/);
  expect(stdout).toContain('No findings.');
});

test('the report of a run is the report of its saved trace', async () => {
  const cwd = folder();
  const argv = ['self-test', '-q', '--fault', 'asm-issuer-mismatch', '--save-trace', 'run.json'];
  const run = await commandLine(argv, { cwd });
  const check = await commandLine(['check', 'run.json'], { cwd });
  expect(`${check.stdout}Trace: .${sep}run.json\n`).toBe(run.stdout);
  expect(stableText(check.stdout)).toContain('asm-issuer-mismatch');
});
