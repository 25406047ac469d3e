import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stableText } from '../../scripts/stable-text.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, folder } from './command-line.ts';

const HEALTHY = resolve('traces/reference/healthy.json');
const FAULTY = resolve('traces/reference/token-cache-control.json');

/** The files in which the results of a SARIF report are. */
function placesIn(report: string): readonly string[] {
  const { results }: Sarif = JSON.parse(report).runs[0];
  return results.flatMap(({ locations }) =>
    locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
  );
}

interface Sarif {
  readonly results: readonly {
    readonly locations: readonly {
      readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
    }[];
  }[];
}

describe('diff', () => {
  test('two runs against one server differ in nothing: exit code 0', async () => {
    const cwd = folder();
    await commandLine(['self-test', '-q', '--save-trace', 'a.json'], { cwd });
    await commandLine(['self-test', '-q', '--save-trace', 'b.json'], { cwd });
    const { code, stdout } = await commandLine(['diff', 'a.json', 'b.json'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('no difference');
  });

  test('a planted fault is named first: exit code 1', async () => {
    const { code, stdout } = await commandLine(['diff', HEALTHY, FAULTY]);
    expect(code).toBe(1);
    expect(stdout.indexOf('token-cache-control')).toBeLessThan(stdout.indexOf('cache-control is'));
  });

  test('--format json is one document', async () => {
    const { stdout } = await commandLine(['diff', HEALTHY, FAULTY, '--format', 'json']);
    const { same, findings } = JSON.parse(stdout);
    expect(same).toBe(false);
    expect(findings.appeared).toMatchObject([{ rule: 'token-cache-control' }]);
  });

  test('--format markdown has headings', async () => {
    const { stdout } = await commandLine(['diff', HEALTHY, FAULTY, '--format', 'markdown']);
    expect(stdout).toMatch(/^### /);
  });

  test('--only and --ignore leave the rest out', async () => {
    const only = await commandLine(['diff', HEALTHY, FAULTY, '--only', 'challenge,registration']);
    expect(only.code).toBe(0);
    expect(only.stdout).toContain('no difference in challenge, registration\n');
    const argv = ['diff', HEALTHY, FAULTY, '--ignore', 'cache-control,token-cache-control'];
    expect((await commandLine(argv)).code).toBe(0);
  });

  test('says of what is to be left out and is nowhere that it is nowhere', async () => {
    const known = ['cache-control', '/response/body', 'expires_in', 'echo', 'token-cache-control'];
    const runs = ['outcome', '/metadata', '/hosts', '/connection/tls', '/timing', '/cause'];
    const argv = ['diff', HEALTHY, FAULTY, '--ignore', [...known, ...runs].join(',')];
    expect((await commandLine(argv)).stderr).toBe('');
    const { stderr } = await commandLine([...argv, '--ignore', 'bogus,/response/bogus']);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^--ignore "bogus" leaves nothing out: /),
      expect.stringMatching(/^--ignore "\/response\/bogus" leaves nothing out: /),
      '',
    ]);
  });

  test('one of the two may be standard input', async () => {
    const stdin = readFileSync(FAULTY, 'utf8');
    expect((await commandLine(['diff', HEALTHY, '-'], { stdin })).code).toBe(1);
  });
});

describe('show', () => {
  test('one exchange with headers and bodies', async () => {
    const argv = ['show', HEALTHY, '--exchange', '1', '--headers', '--bodies'];
    const { code, stdout } = await commandLine(argv);
    expect(code).toBe(0);
    expect(stableText(stdout)).toContain('> POST http://127.0.0.1:PORT/mcp');
    expect(stdout).toContain('< www-authenticate: Bearer');
    expect(stdout).not.toContain('tools/list');
  });

  test('one step', async () => {
    const { stdout } = await commandLine(['show', HEALTHY, '--step', 'refresh']);
    expect(stdout).toContain('refresh_token');
    expect(stdout).not.toContain('/register');
  });

  test.each([
    ['--exchange 99', 'the trace holds exchanges 1 to '],
    ['--exchange one', 'the trace holds exchanges 1 to '],
    ['--step refreshing', '--step is "refreshing"; did you mean refresh?'],
  ])('%s is refused', async (line, said) => {
    const { code, stderr } = await commandLine(['show', HEALTHY, ...line.split(' ')]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  test.each([
    ['run.html', /^<!doctype html>/i],
    ['run.md', /^## /],
    ['run.har', /"creator"/],
    ['run.xml', /<testsuites/],
    ['run.sarif', /"2\.1\.0"/],
    ['run.mmd', /^sequenceDiagram/m],
    ['run.puml', /^@startuml/],
    ['run.sh', /^curl /m],
    ['run.ndjson', /^\{/],
    ['run.txt', /✓ challenge/],
  ])('the name %s says the format', async (name, pattern) => {
    const cwd = folder();
    const { code, stdout } = await commandLine(['show', HEALTHY, '--output', name], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(join(cwd, name), 'utf8')).toMatch(pattern);
  });

  test.each([
    ['show', 'runs/one.json', 'runs/one.json'],
    ['check', './one.json', 'one.json'],
    ['check', FAULTY, 'oauth-trace.json'],
    ['check', '-', 'oauth-trace.json'],
  ])('%s %s: the results of SARIF are in %s', async (command, file, uri) => {
    const cwd = folder();
    const stdin = readFileSync(FAULTY, 'utf8');
    mkdirSync(join(cwd, 'runs'));
    for (const name of ['one.json', 'runs/one.json']) writeFileSync(join(cwd, name), stdin);
    const argv = [command, file, '--format', 'sarif'];
    const { stdout } = await commandLine(argv, { cwd, stdin });
    expect(placesIn(stdout)).toEqual([uri]);
  });

  test('a run places them in the trace that was named, never in a name with the time in it', async () => {
    const cwd = folder();
    const argv = ['self-test', '-q', '--fault', 'token-cache-control', '--format', 'sarif'];
    const named = await commandLine([...argv, '--save-trace', 'run.json'], { cwd });
    expect(placesIn(named.stdout)).toEqual(['run.json']);
    const timed = await commandLine(argv, { cwd });
    expect(placesIn(timed.stdout)).toEqual(['oauth-trace.json']);
  });

  test('a name that says no format is refused', async () => {
    const { code, stderr } = await commandLine(['show', HEALTHY, '--output', 'run.pdf']);
    expect(code).toBe(2);
    expect(stderr).toContain('no format goes with the name "run.pdf"');
  });

  test('--open opens the page that was written, and no other', async () => {
    const cwd = folder();
    const argv = ['show', HEALTHY, '--open', '--output', 'page.html'];
    const { opened } = await commandLine(argv, { cwd });
    expect(opened).toEqual([join(cwd, 'page.html')]);
  });

  test('--open without --output writes into a temporary folder of its own', async () => {
    const { opened } = await commandLine(['show', HEALTHY, '--open']);
    const [path = ''] = opened;
    expect(path).toMatch(/mcp-oauth-trace-\w+\/trace\.html$/);
    expect(existsSync(path)).toBe(true);
  });

  test('an output that cannot be written is told in one line', async () => {
    const { code, stderr } = await commandLine(['show', HEALTHY, '--output', '/proc/none.html']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcp-oauth-trace: "\/proc\/none.html" cannot be written [^\n]+\n$/);
  });

  test('a file is named as it was typed, also where it cannot be written', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'taken'));
    const show = ['show', HEALTHY, '--format', 'text', '--output', 'taken'];
    const redact = ['redact', HEALTHY, '--output', 'taken'];
    for (const [argv, said] of [
      [show, '"taken" cannot be written (EISDIR)'],
      [redact, '"taken" exists and is not overwritten: choose another name'],
    ] as const) {
      const { code, stderr } = await commandLine(argv, { cwd });
      expect({ code, stderr }).toEqual({ code: 2, stderr: `mcp-oauth-trace: ${said}\n` });
    }
  });

  test('--output over the trace itself is refused', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'run.json'), readFileSync(HEALTHY));
    const argv = ['show', 'run.json', '--format', 'json', '--output', './run.json'];
    expect((await commandLine(argv, { cwd })).code).toBe(2);
    expect(readFileSync(join(cwd, 'run.json'))).toEqual(readFileSync(HEALTHY));
  });
});

describe('redact', () => {
  async function rawTrace(cwd: string): Promise<void> {
    await commandLine(['self-test', '-q', '--no-redact', '--save-trace', 'raw.json'], { cwd });
  }

  test('cleans a trace made with --no-redact', async () => {
    const cwd = folder();
    await rawTrace(cwd);
    expect(readFileSync(join(cwd, 'raw.json'), 'utf8')).toContain('testpass');
    const { code, stdout } = await commandLine(['redact', 'raw.json'], { cwd });
    expect(code).toBe(0);
    expect(stdout).not.toContain('testpass');
    expect(parseTrace(stdout).metadata.redacted).toBe(true);
  });

  test('writes to --output and never over a file', async () => {
    const cwd = folder();
    await rawTrace(cwd);
    const argv = ['redact', 'raw.json', '--output', 'clean.json'];
    expect((await commandLine(argv, { cwd })).code).toBe(0);
    const written = readFileSync(join(cwd, 'clean.json'), 'utf8');
    expect(written).not.toContain('testpass');
    const again = await commandLine(argv, { cwd });
    expect(again.code).toBe(2);
    expect(readFileSync(join(cwd, 'clean.json'), 'utf8')).toBe(written);
  });

  test('what show, check and diff print of an uncleaned trace is clean', async () => {
    const cwd = folder();
    await rawTrace(cwd);
    const lines = [
      ['show', 'raw.json', '--headers', '--bodies'],
      ['show', 'raw.json', '--format', 'har'],
      ['check', 'raw.json', '--format', 'json'],
      ['diff', 'raw.json', HEALTHY],
    ];
    for (const line of lines) {
      const { stdout, stderr } = await commandLine(line, { cwd });
      expect(stdout + stderr).not.toContain('testpass');
    }
  });
});
