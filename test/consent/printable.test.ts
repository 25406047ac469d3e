import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, withoutSecrets } from '../../src/consent/printable.ts';
import { redact } from '../../src/trace/redact.ts';
import { textBody, traceOf } from '../trace/support.ts';

test.each([
  ['a\u001b[31mred\u001b[0m', 'ared'],
  ['\u001b]0;title\u0007x', 'x'],
  ['\u009b2Jx', 'x'],
  ['left\u202eright\u2066', 'leftright'],
  ['one\r\n\ttwo\u2028three', 'one two three'],
  ['abcdef', 'abcd…'],
])('%j is shown as %j', (text, expected) => {
  expect(printable(text, expected.endsWith('…') ? 4 : 200)).toBe(expected);
});

test('no control character, line break or direction mark ever comes through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test.each([
  ['the password p w? q is wrong', 'the password … is wrong'],
  ['at /login/p+w%3F+q/x', 'at /login/…/x'],
])('%s is quoted without the secret', (text, expected) => {
  expect(withoutSecrets(text, ['', 'p w? q'])).toBe(expected);
});

test('a longer secret goes before one that it holds', () => {
  expect(withoutSecrets('abcdefgh', ['abcdef', 'abcdefgh'])).toBe('…');
});

test.each(['password', 'wrong', 'a'])(
  'a sentence does not tell that %j is the secret',
  (secret) => {
    const said = 'the password of ada is wrong';
    const trace = traceOf({ responseBody: textBody(said) });
    const [seen] = redact(trace, [{ kind: 'password', value: secret, human: true }]).trace_log;
    expect(withoutSecrets(said, [secret])).toBe(said);
    expect(seen?.response?.body?.text).toBe(said);
  },
);
