/** What is said when the fault is ours, with a server's words in the message. */
import { expect, test } from 'vitest';
import { crashReport } from '../../src/cli/crash.ts';
import { concludeRun } from '../../src/cli/run-ending.ts';
import { happyTrace } from '../rules/support.ts';
import { leaksIn } from './leaks.ts';

test('a crash report steers no terminal', () => {
  const report = crashReport(new Error('cannot read "\u001b[2J\u202e\u009b"'));
  expect(report).not.toMatch(/[\u001b\u202e\u009b]/);
});

test('a crash report tells no secret of the run', async () => {
  const secret = 'typed-by-the-user-8842';
  const said: string[] = [];
  const known = [{ kind: 'password', value: secret, human: true }];
  const plan = { destination: { kind: 'nowhere' }, reports: [], judging: () => nothing, known };
  const nothing = {
    judgement: { findings: [], verdicts: new Map(), counts: {} },
    expected: [],
    stale: [],
  };
  const io = {
    stdout: () => {},
    stderr: (text: string) => void said.push(text),
    env: {},
    cwd: '/',
    columns: 80,
    isTerminal: { stdin: false, stdout: false, stderr: false },
  };
  // Only what the end of a run uses.
  const code = await concludeRun(
    { trace: happyTrace(), crash: new Error(`no such thing as ${secret}`) },
    plan as unknown as Parameters<typeof concludeRun>[1],
    { redact: true, format: 'json' } as unknown as Parameters<typeof concludeRun>[2],
    io as unknown as Parameters<typeof concludeRun>[3],
  );
  expect(code).toBe(70);
  expect(said.join('')).toContain('no such thing as');
  expect(leaksIn(said, [secret])).toEqual([]);
});
