import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultTracePath, writeTrace } from '../../src/trace/file.ts';
import { redact } from '../../src/trace/redact.ts';
import { readTrace } from '../../src/trace/saved-trace.ts';
import { serialize } from '../../src/trace/serialize.ts';
import { happyTrace } from '../rules/happy-trace.ts';
import { formBody, jsonBody, traceOf } from './support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'nothing was thrown';
};

describe('writing', () => {
  it('redacts, so that reading gives the redacted trace back', () => {
    const known = [{ kind: 'password', value: 'testpass' }];
    const path = writeTrace(join(folder, 'a.json'), happyTrace(), { known });
    expect(readTrace(path)).toEqual(redact(happyTrace(), known));
  });

  it('keeps everything and says so where redaction is switched off', () => {
    const path = writeTrace(join(folder, 'a.json'), happyTrace(), { redact: false });
    expect(readFileSync(path, 'utf8')).toContain('testpass');
    expect(readTrace(path).metadata.redacted).toBe(false);
  });

  it('makes the folder, and a file only its owner can read', () => {
    const path = writeTrace(join(folder, 'new', 'deep', 'a.json'), happyTrace());
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('takes another mode where one is asked for', () => {
    const path = writeTrace(join(folder, 'a.json'), happyTrace(), { mode: 0o640 });
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('leaves older files alone and numbers the new ones', () => {
    const path = join(folder, 'a.json');
    writeFileSync(path, 'mine');
    const written = [happyTrace(), happyTrace()].map((trace) => writeTrace(path, trace));
    expect(written).toEqual([join(folder, 'a-2.json'), join(folder, 'a-3.json')]);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('replaces a file where that is asked for', () => {
    const path = join(folder, 'a.json');
    writeFileSync(path, 'old');
    expect(writeTrace(path, happyTrace(), { overwrite: true })).toBe(path);
    expect(readTrace(path).trace_version).toBe(1);
  });

  it('does not write through a link that somebody left at its place', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(folder, 'a.json'));
    writeTrace(join(folder, 'a.json'), happyTrace());
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('leaves nothing but the file behind', () => {
    writeTrace(join(folder, 'a.json'), happyTrace());
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('says that a folder is no folder', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(codeOf(() => writeTrace(join(folder, 'file', 'a.json'), happyTrace()))).toBe(
      'UNWRITABLE',
    );
  });

  it.runIf(process.getuid?.() !== 0)('says that a folder is read-only', () => {
    chmodSync(folder, 0o500);
    expect(codeOf(() => writeTrace(join(folder, 'a.json'), happyTrace()))).toBe('UNWRITABLE');
    chmodSync(folder, 0o700);
  });
});

describe('the last search', () => {
  /** An entry that somebody wrote into the file by hand: redaction leaves it alone. */
  const claiming = (claim: string) => ({
    label: '<jwt #1>',
    length: 1,
    jwt: { header: {}, claims: { claim } },
  });

  it('refuses a file in which a secret would survive, by kind and never by value', () => {
    const leaking = { ...traceOf({}), secrets: [claiming('hunter2-hunter2')] };
    const path = join(folder, 'a.json');
    const write = () =>
      writeTrace(path, leaking, { known: [{ kind: 'password', value: 'hunter2-hunter2' }] });
    expect(codeOf(write)).toBe('SECRET_SURVIVED');
    expect(write).toThrow(/^password /);
    expect(write).not.toThrow(/hunter2/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('also looks for what redaction found by itself', () => {
    const trace = traceOf({ responseBody: jsonBody({ access_token: 'Xq7-mB3kPz0Vt9Hs2' }) });
    const leaking = { ...trace, secrets: [claiming('Xq7-mB3kPz0Vt9Hs2')] };
    expect(codeOf(() => writeTrace(join(folder, 'a.json'), leaking))).toBe('SECRET_SURVIVED');
  });

  it.each([
    '2026-01-15',
    '2025-11-25',
    'claude-desktop',
    'mcp-oauth-trace',
    'localhost',
    '127.0.0.1',
    'metadata',
    'password',
    '127.0.0.1:8000',
    'ab'.repeat(8),
  ])('does not take what this tool wrote itself for the password %s', (password) => {
    const trace = traceOf({ body: formBody({ password }) });
    const known = [{ kind: 'password', value: password }];
    const path = writeTrace(join(folder, 'a.json'), trace, { known });
    expect(readTrace(path).trace_log[0]?.request.body?.text).toBe('password=%3Cpassword%20%231%3E');
  });
});

describe('the default place', () => {
  it('names the second in UTC', () => {
    expect(defaultTracePath('traces', new Date('2026-01-05T03:04:59.999Z'))).toBe(
      join('traces', 'oauth_trace_20260105_030459.json'),
    );
  });
});

describe('reading', () => {
  const file = (content: string | Uint8Array): string => {
    const path = join(folder, 'in.json');
    writeFileSync(path, content);
    return path;
  };

  it('says that a file does not exist', () => {
    expect(codeOf(() => readTrace(join(folder, 'none.json')))).toBe('NOT_FOUND');
  });

  it('says that a folder is no file', () => {
    expect(() => readTrace(folder)).toThrow(
      expect.objectContaining({ code: 'UNREADABLE', message: expect.stringContaining('a folder') }),
    );
  });

  it('reads no more than fits', () => {
    const path = file('');
    truncateSync(path, 401 * 1024 * 1024);
    expect(codeOf(() => readTrace(path))).toBe('TOO_LARGE');
  });

  it.each([
    ['is gzip-compressed', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['is not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])('says that a file %s', (seen, bytes) => {
    expect(() => readTrace(file(bytes))).toThrow(
      expect.objectContaining({ code: 'NOT_TEXT', message: expect.stringContaining(seen) }),
    );
  });

  it('reads a file that begins with a byte order mark', () => {
    expect(readTrace(file(`\ufeff${serialize(happyTrace())}`))).toEqual(happyTrace());
  });

  it('reads a pipe', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    linkSync(file(serialize(happyTrace())), join(folder, 'source'));
    const script = `cat '${join(folder, 'source')}' > '${pipe}' &`;
    execFileSync('sh', ['-c', script], { stdio: 'ignore' });
    expect(readTrace(pipe)).toEqual(happyTrace());
  });
});
