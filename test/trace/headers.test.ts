import { expect, it } from 'vitest';
import { headerValue, headerValues, mediaType } from '../../src/trace/headers.ts';

const headers = [
  ['WWW-Authenticate', 'Bearer'],
  ['x', '1'],
  ['www-authenticate', 'DPoP'],
] as const;

it('finds every value of a header whatever its case', () => {
  expect(headerValues(headers, 'www-Authenticate')).toEqual(['Bearer', 'DPoP']);
});

it('finds the first value, or none', () => {
  expect(headerValue(headers, 'WWW-AUTHENTICATE')).toBe('Bearer');
  expect(headerValue(headers, 'constructor')).toBeUndefined();
});

it.each([
  ['Application/JSON; charset=utf-8', 'application/json'],
  [' text/html ', 'text/html'],
  ['', ''],
  [undefined, ''],
])('reads the media type of %s', (value, expected) => {
  expect(mediaType(value)).toBe(expected);
});
