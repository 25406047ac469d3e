import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { tellActions, withoutCommands } from '../../src/cli/github-actions.ts';
import type { Io } from '../../src/cli/io.ts';
import { judge } from '../../src/rules/judge.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, folder } from './command-line.ts';

const FAULTY = resolve('traces/reference/token-cache-control.json');

test('each finding becomes an annotation, and the report the summary of the step', async () => {
  const summary = join(folder(), 'summary.md');
  writeFileSync(summary, 'from an earlier step\n');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { code, stderr } = await commandLine(['check', FAULTY], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^::error title=token-cache-control::Cache-Control [^\n]*%0A[^\n]*\n$/);
  expect(readFileSync(summary, 'utf8')).toMatch(/^from an earlier step\n## OAuth trace/);
});

test('a run is told in the same way', async () => {
  const env = { GITHUB_ACTIONS: 'true' };
  const argv = ['self-test', '-q', '--no-save', '--fault', 'token-expires-in-missing'];
  const { stderr } = await commandLine(argv, { env });
  expect(stderr).toMatch(/^::warning title=token-expires-in-missing::/);
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
  expect(said).toEqual(['::error title=token-cache-control::a\\n::error::b 100%250A\\r%0Ac\n']);
});
