import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tellActions, withoutCommands } from '../../src/cli/github-actions.ts';
import type { Io } from '../../src/cli/io.ts';
import { judge } from '../../src/rules/judge.ts';
import { type RunningServer, startServer } from '../../src/server/start.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, type Ended, folder } from './command-line.ts';

async function serverWith(...faults: readonly string[]): Promise<RunningServer> {
  const server = await startServer({ faults });
  onTestFinished(() => server.close());
  return server;
}

/** A quiet run in a workflow, of the user that the reference server knows. */
async function inActions(url: string, ...more: readonly string[]): Promise<Ended> {
  const env = { GITHUB_ACTIONS: 'true', OAUTH_TEST_PASSWORD: 'testpass' };
  return await commandLine([url, '--username', 'testuser', '-q', '--no-save', ...more], { env });
}

const FAULTY = resolve('traces/reference/token-cache-control.json');

test('each finding becomes an annotation, and the report the summary of the step', async () => {
  const summary = join(folder(), 'summary.md');
  writeFileSync(summary, 'from an earlier step\n');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { code, stderr } = await commandLine(['check', FAULTY], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^::error title=token-cache-control::Cache-Control [^\n]*%0AFor the authorization server, at token: [^\n]*\n$/,
  );
  expect(readFileSync(summary, 'utf8')).toMatch(/^from an earlier step\n## OAuth trace/);
});

test('a run is told in the same way', async () => {
  const env = { GITHUB_ACTIONS: 'true' };
  const argv = ['self-test', '-q', '--no-save', '--fault', 'token-expires-in-missing'];
  const { stderr } = await commandLine(argv, { env });
  expect(stderr).toMatch(/^::warning title=token-expires-in-missing::/);
});

test('a run that broke without a rule is an error that says where, why and who has to act', async () => {
  const { code, stderr } = await inActions('http://127.0.0.1:9/mcp', '--password', 'secret');
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /^::error title=failed at challenge::POST [^\n]* got no answer: [^\n]*%0AFor the deployment \(proxies, names, settings\), at challenge: Start the server[^\n]*\n$/,
  );
});

test('a refused password is told to the user', async () => {
  const { mcpUrl } = await serverWith();
  const { code, stderr } = await inActions(mcpUrl, '--password', 'wrong');
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /^::error title=failed at authorization::[^\n]*%0AFor the user \(credentials, approval, options\), at authorization: /,
  );
});

test('a cause that is a finding is told once, and still told where the finding is not wanted', async () => {
  const { mcpUrl } = await serverWith('asm-issuer-mismatch');
  const told = await inActions(mcpUrl);
  expect(told.stderr.match(/^::error title=.*?::/gm)).toEqual([
    '::error title=asm-issuer-mismatch::',
  ]);
  const ignored = await inActions(mcpUrl, '--ignore', 'asm-issuer-mismatch');
  expect(ignored.code).toBe(3);
  expect(ignored.stderr.match(/^::error title=.*?::/gm)).toEqual([
    '::error title=stopped at server-metadata%2C as a client has to::',
  ]);
});

test('a server that asks for no token is a warning', async () => {
  const { mcpUrl } = await serverWith('auth-not-required');
  const { code, stderr } = await inActions(mcpUrl);
  expect(code).toBe(4);
  expect(stderr).toMatch(
    /^::warning title=the MCP server asked for no token::[^\n]* without asking for a token[^\n]*%0AFor the MCP server, at challenge: [^\n]* it lost its authorization/m,
  );
});

test('nothing of it is said elsewhere', async () => {
  const { stderr } = await commandLine(['check', FAULTY]);
  expect(stderr).toBe('');
});

test('a summary that cannot be written is said, and fails nothing', async () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/proc/none' };
  const { code, stderr } = await commandLine(['check', FAULTY, '--fail-on', 'never'], { env });
  expect(code).toBe(0);
  expect(stderr).toContain('The step summary cannot be written');
});

test('what a server said begins no workflow command', () => {
  const lines: string[] = [];
  const keep = (text: string): void => void lines.push(text);
  const io = { stdout: keep, stderr: keep, env: { GITHUB_ACTIONS: 'true' } } as unknown as Io;
  withoutCommands(io).stdout('  ::set-output name=a::b\n::add-mask::x\nfine :: here\n');
  withoutCommands(io).stderr('"##[set-output name=a]b"\n');
  expect(lines).toEqual([
    '  : :set-output name=a::b\n: :add-mask::x\nfine :: here\n',
    '"# #[set-output name=a]b"\n',
  ]);
});

test('a message with line ends and percent signs stays one annotation', async () => {
  const trace = parseTrace(readFileSync(FAULTY, 'utf8'));
  const judgement = judge(trace);
  const [finding] = judgement.findings;
  if (!finding) throw new Error('the trace has a finding');
  const evil = { ...finding, message: 'a\n::error::b 100%0A\r', fix: 'c' };
  const said: string[] = [];
  const keep = (text: string): void => void said.push(text);
  const io = { stderr: keep, env: { GITHUB_ACTIONS: 'true' } };
  const subject = { trace, judgement: { ...judgement, findings: [evil] } };
  await tellActions(subject, io as unknown as Io);
  expect(said).toEqual([
    '::error title=token-cache-control::a\\n::error::b 100%250A\\r%0AFor the authorization server, at token: c\n',
  ]);
});
