import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import type { TraceDiff } from '../../src/diff/difference.ts';
import { diffJson } from '../../src/report/diff-json.ts';
import { diffMarkdown } from '../../src/report/diff-markdown.ts';
import { diffText } from '../../src/report/diff-text.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { hostileText, hostileTrace } from './hostile.ts';

const NAMES = { before: 'tuesday.json', after: 'today.json' };
const issuer = edit().body('asm', { issuer: 'https://login.demo.test/t1/' });
const finding = {
  rule: 'asm-issuer-trailing-slash',
  severity: 'error',
  message: 'issuer has a slash',
  step: 'server-metadata',
} as const;

describe('a diff as text', () => {
  it('says at once that nothing differs', () => {
    expect(diffText(diff(happyTrace(), happyTrace()), NAMES)).toBe(
      'tuesday.json → today.json: no difference\n\n',
    );
  });

  it('tells what matters under its heading, with the place and the reason', () => {
    const changed = edit().body('token', { expires_in: undefined }).trace;
    const text = diffText(diff(happyTrace(), changed), NAMES);
    expect(text).toContain(
      'Contract\n  token: authorization_code (exchange 10)\n  - expires_in is gone: 3600\n',
    );
    expect(text).toContain('why it matters: The client cannot refresh ahead of time');
  });

  it('tells which servers a name in braces stands for', () => {
    const elsewhere = JSON.stringify(issuer.trace).replaceAll('api.demo.test', 'api.example.org');
    const text = diffText(diff(happyTrace(), JSON.parse(elsewhere)), NAMES);
    expect(text).toContain('{mcp server} is https://api.demo.test, then https://api.example.org');
    expect(text).not.toContain('{authorization server} is');
  });

  it('says at its top that the runs were asked for in another way', () => {
    const other = edit().metadata({ client: 'mcp-remote', options: { scope_given: 'a b' } }).trace;
    const line =
      'Not the same kind of run: client mcp-oauth-trace → mcp-remote, scope none → "a b"';
    expect(diffText(diff(happyTrace(), other), NAMES).split('\n')[1]).toBe(line);
    expect(diffMarkdown(diff(happyTrace(), other), NAMES)).toContain(
      'Not the same kind of run&#58; client mcp-oauth-trace → mcp-remote',
    );
    expect(diffText(diff(happyTrace(), issuer.trace), NAMES)).not.toContain('same kind');
  });

  it.each([
    ['gained', ['S256', 'plain'], 0],
    ['lost', ['plain'], 1],
  ])(
    'tells why it matters that a list %s something only where that breaks',
    (_, methods, count) => {
      const changed = edit().body('asm', { code_challenge_methods_supported: methods }).trace;
      const text = diffText(diff(happyTrace(), changed), NAMES);
      expect(text.match(/why it matters/g) ?? []).toHaveLength(count);
    },
  );

  it('tells a reason once', () => {
    const changed = issuer.status('prm', 404).answer('list', 403, {}).answer('call', 403, {}).trace;
    const after = { findings: [finding] };
    const reasons = diffText(diff(happyTrace(), changed, { after }), NAMES).match(
      /why it matters: .*/g,
    );
    expect(new Set(reasons).size).toBe(reasons?.length);
  });

  it.each([60, 80, 120])('is no wider than a terminal of %s columns', (width) => {
    const changed = issuer.answer('list', 403, { error: 'x '.repeat(80) }).trace;
    const text = diffText(diff(happyTrace(), changed), { ...NAMES, width });
    expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
  });

  it('colours only when asked', () => {
    const plain = diffText(diff(happyTrace(), issuer.trace), NAMES);
    const colored = diffText(diff(happyTrace(), issuer.trace), { ...NAMES, color: true });
    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[33m~\u001b[39m');
  });

  it('names the findings that stay', () => {
    const judged = { findings: [finding] };
    const text = diffText(
      diff(happyTrace(), happyTrace(), { before: judged, after: judged }),
      NAMES,
    );
    expect(text).toContain('no difference, 1 finding still there');
    expect(text).toContain('Still there\n  asm-issuer-trailing-slash');
  });

  it('never lets a server steer the terminal', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = diffText(hostile(text), { before: text, after: text });
        expect(shown).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('a diff as Markdown', () => {
  it('keeps what matters open and folds the rest', () => {
    const changed = issuer.header('token', 'cache-control', undefined).trace;
    const text = diffMarkdown(diff(happyTrace(), changed), NAMES);
    expect(text.indexOf('#### Contract')).toBeLessThan(
      text.indexOf('<summary>Behaviour (1)</summary>'),
    );
  });

  it('keeps each difference in its row whatever a server says', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const rows = diffMarkdown(hostile(text), { before: text, after: text })
          .split('\n')
          .filter((line) => line.startsWith('|'));
        for (const row of rows) expect(row.split('|')).toHaveLength(5);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a diff as JSON', () => {
  it('is the diff with names and reasons', () => {
    const result = diff(happyTrace(), edit().body('token', { expires_in: undefined }).trace);
    const read = JSON.parse(diffJson(result, NAMES));
    expect(read).toMatchObject({ ...NAMES, same: false });
    expect(read.differences[0]).toMatchObject({ kind: 'lifetime', where: { step: 'token' } });
    expect(read.differences[0].why).toBeTypeOf('string');
  });
});

function hostile(text: string): TraceDiff {
  const after = { findings: [{ rule: text, severity: 'error' as const, message: text }] };
  return diff(happyTrace(), hostileTrace(text), { after });
}
