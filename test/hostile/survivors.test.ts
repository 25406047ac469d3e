/** Redaction that fails to redact: what it should have caught is caught before anything leaves. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { saveTrace } from '../../src/cli/save-trace.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import type { KnownSecret } from '../../src/trace/redact.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { happyTrace } from '../rules/support.ts';
import { leaksIn } from './leaks.ts';

const SECRET = 'left-behind-by-a-broken-redaction-9';

vi.mock(import('../../src/trace/redact.ts'), async (original) => ({
  ...(await original()),
  redaction: (trace: Trace, known: readonly KnownSecret[] = []) => ({ trace, secrets: known }),
}));

const KNOWN: readonly KnownSecret[] = [{ kind: 'password', value: SECRET, human: true }];

function leakyTrace(): Trace {
  const trace = happyTrace();
  const { sequence_summary: summary } = trace;
  return { ...trace, sequence_summary: { ...summary, reason: `the server said ${SECRET}` } };
}

function listeningIo() {
  const said = { stdout: '', stderr: '' };
  const io = {
    cwd: tmpdir(),
    stdout: (text: string) => {
      said.stdout += text;
    },
    stderr: (text: string) => {
      said.stderr += text;
    },
  };
  // Saving uses nothing else.
  return { io: io as unknown as Io, said };
}

test('the file is refused, and the minimal safe trace stands in its place', () => {
  const { io, said } = listeningIo();
  const path = join(mkdtempSync(join(tmpdir(), 'survivor-')), 'trace.json');
  const saved = saveTrace(leakyTrace(), KNOWN, true, { kind: 'file', path, overwrite: false }, io);
  expect(saved).toEqual({ path, onStdout: false, failed: true });
  const text = readFileSync(path, 'utf8');
  expect(parseTrace(text).sequence_summary.reason).toContain('withheld');
  expect(leaksIn([text, said.stdout, said.stderr], [SECRET])).toEqual([]);
  expect(said.stderr).toContain('bug in mcp-oauth-trace');
});

test('standard output gets the minimal safe trace too', () => {
  const { io, said } = listeningIo();
  const saved = saveTrace(leakyTrace(), KNOWN, true, { kind: 'stdout' }, io);
  expect(saved.failed).toBe(true);
  expect(parseTrace(said.stdout).sequence_summary.reason).toContain('withheld');
  expect(leaksIn([said.stdout, said.stderr], [SECRET])).toEqual([]);
});
