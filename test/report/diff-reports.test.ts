import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import type { TraceDiff } from '../../src/diff/difference.ts';
import { diffJson } from '../../src/report/diff-json.ts';
import { diffMarkdown } from '../../src/report/diff-markdown.ts';
import { diffText } from '../../src/report/diff-text.ts';
import type { Trace } from '../../src/trace/schema.ts';
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
    expect(text).toContain('{authorization server} is https://login.demo.test\n');
    const unspoken = edit().body('token', { expires_in: 60 }).trace;
    expect(diffText(diff(happyTrace(), unspoken), NAMES)).not.toContain('server}');
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
    expect(colored).toContain('\u001b[2m~\u001b[22m');
  });

  it.each([
    ['a new error', '+', 'error', 31],
    ['a new warning', '+', 'warning', 33],
    ['a new remark', '+', 'info', 36],
    ['an error that is gone', '-', 'error', 32],
    ['a remark that is gone', '-', 'info', 32],
  ] as const)('colours %s by what it means', (_, mark, severity, color) => {
    const judged = { findings: [{ ...finding, severity }] };
    const options = mark === '+' ? { after: judged } : { before: judged };
    const text = diffText(diff(happyTrace(), happyTrace(), options), { ...NAMES, color: true });
    expect(text).toContain(`\u001b[${color}m${mark}\u001b[39m`);
  });

  it('colours an ending by how it ends', () => {
    const failed = edit().failedAt('token', 'invalid_grant').trace;
    const [worse, better] = [diff(happyTrace(), failed), diff(failed, happyTrace())].map((one) =>
      diffText(one, { ...NAMES, color: true }),
    );
    expect(worse).toContain('\u001b[31m~\u001b[39m the run completes; now it fails');
    expect(worse).toContain('\u001b[31m~\u001b[39m the step is done; now it fails: invalid_grant');
    expect(better).toContain('\u001b[32m~\u001b[39m the run fails at "token"; now it completes');
    expect(better).not.toContain('\u001b[31m');
  });

  it('tells of the two halves of one exchange, and of one place, once', () => {
    const asked = { client_name: 'Another client', redirect_uris: ['http://127.0.0.1:1/other'] };
    const other = edit().requestBody('registration', asked).body('registration', asked).trace;
    const text = diffText(diff(happyTrace(), other), NAMES);
    expect(text.match(/also in the answer/g)).toHaveLength(2);
    expect(text.match(/registration \(exchange 4\)/g)).toHaveLength(1);
    expect(diffMarkdown(diff(happyTrace(), other), NAMES)).toContain('(also in 1 more)');
  });

  it('names another member of the same document that changed alike', () => {
    const endpoints = (at: string) => ({ token_endpoint: at, revocation_endpoint: at });
    const [a, b] = ['/token', '/other'].map(
      (path) => edit().body('asm', endpoints(`https://login.demo.test/t1${path}`)).trace,
    ) as [Trace, Trace];
    expect(diffText(diff(a, b), NAMES)).toContain('also in token_endpoint');
  });

  it.each([
    ['no difference in token', happyTrace()],
    ['1 difference in token', edit().body('token', { expires_in: 60 }).trace],
  ])('says that only some steps were looked at: %s', (title, after) => {
    const only = ['token'];
    const compared = diff(happyTrace(), after, { only });
    expect(diffText(compared, { ...NAMES, only })).toContain(
      `tuesday.json → today.json: ${title}\n`,
    );
    expect(diffMarkdown(compared, { ...NAMES, only })).toContain(`: ${title}\n`);
  });

  it('calls a server alike in findings and elsewhere, and says which it is', () => {
    const after = { findings: [{ ...finding, message: 'issuer is https://login.demo.test/t1/' }] };
    const text = diffText(diff(happyTrace(), issuer.trace, { after }), NAMES);
    expect(text).toContain('issuer is {authorization server}/t1/');
    expect(text).toContain('{authorization server} is https://login.demo.test\n');
    expect(text.match(/https:/g)).toHaveLength(1);
  });

  it('tells a cause whole', () => {
    const cause = `the answer was ${'a word of many '.repeat(20)}end`;
    const failed = edit().failedAt('token').trace;
    const text = diffText(diff(happyTrace(), failed, { after: { cause } }), NAMES);
    expect(text.replace(/\s+/g, ' ')).toContain(cause);
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
