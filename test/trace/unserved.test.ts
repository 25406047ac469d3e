import { expect, test } from 'vitest';
import { isUnserved } from '../../src/trace/unserved.ts';

test.each([404, 405, 501])('%s says that nobody takes such a request', (status) => {
  expect(isUnserved({ status })).toBe(true);
});

test.each([200, 401, 403, 410, 500, 503])('%s says something else', (status) => {
  expect(isUnserved({ status })).toBe(false);
});

test('no answer says nothing', () => {
  expect([isUnserved(null), isUnserved(undefined)]).toEqual([false, false]);
});
