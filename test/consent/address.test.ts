import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressName, leadsTo, safeAddress } from '../../src/consent/address.ts';
import { ConsentError } from '../../src/consent/consent.ts';

test.each([
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,hi',
  'ms-settings:privacy',
  'vscode://open?x=1',
  'ftp://host/x',
  '//host/path',
  'host/path',
  '',
  'http://',
  'https://user:pass@host/',
  'https://user@host/',
  'https://host/a b',
  'https://host/\u0007',
  'https://host/a\nb',
  ' https://host/',
  'http://a$(id)/',
  'http://a`id`/',
  "http://a'b/",
  'http://a;id/',
  'http://a&calc/',
])('refuses %j', (url) => {
  expect(() => safeAddress(url)).toThrow(expect.objectContaining({ code: 'unsafe-url' }));
});

test.each([
  ['HTTPS://Host.Example:443/a/../b?x=1', 'https://host.example/b?x=1'],
  ['http://[::1]:8080/cb#f', 'http://[::1]:8080/cb#f'],
  ["https://host/a'b;c?q=`id`&r=$(id)|x", 'https://host/a%27b%3Bc?q=%60id%60&r=%24%28id%29%7Cx'],
  ['https://host/?scope=a%20b&state=x-_.~', 'https://host/?scope=a%20b&state=x-_.~'],
])('hands on %s as %s', (url, expected) => {
  expect(safeAddress(url)).toBe(expected);
});

test('nothing a shell acts on but & ever comes through', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'https://h/', 'http://h?'),
      (text, head) => {
        try {
          expect(safeAddress(head + text)).toMatch(
            /^https?:\/\/[\w.-]+(?::\d+)?\/[^\s"'`$()<>|;\\^{}!*]*$/,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(ConsentError);
        }
      },
    ),
  );
});

test('what is refused is named without its query', () => {
  expect(() => safeAddress('app://x/cb?code=s3cret')).not.toThrow('s3cret');
});

test.each([
  ['http://127.0.0.1:81/callback?code=1#x', true],
  ['http://127.0.0.1:81/callback/', false],
  ['http://127.0.0.1:82/callback', false],
  ['https://127.0.0.1:81/callback', false],
  ['http://localhost:81/callback', false],
])('%s leads to the redirect URI: %s', (url, expected) => {
  expect(leadsTo(new URL(url), 'http://127.0.0.1:81/callback')).toBe(expected);
});

test('a URL is named without query and fragment', () => {
  expect(addressName(new URL('http://h/p?code=1#t'))).toBe('http://h/p');
});
