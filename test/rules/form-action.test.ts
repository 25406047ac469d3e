import { describe, expect, it } from 'vitest';
import { admits, formActions } from '../../src/rules/form-action.ts';

const PAGE = 'https://login.demo.test/consent';

describe('the sources of form-action', () => {
  it.each([
    ["form-action 'self' https://a.test", [["'self'", 'https://a.test']]],
    ["default-src 'none'; Form-Action *", [['*']]],
    ["form-action 'none', form-action http:", [["'none'"], ['http:']]],
    ['form-action', [[]]],
    ["default-src 'self'", []],
    ['', []],
  ])('%s', (header, expected) => {
    expect(formActions([header])).toEqual(expected);
  });
});

describe('a source admits a target', () => {
  it.each([
    ['*', 'http://127.0.0.1:1/cb', true],
    ['*', 'cursor://cb', false],
    ["'self'", 'https://login.demo.test/x', true],
    ["'self'", 'http://127.0.0.1:1/cb', false],
    ["'none'", 'http://127.0.0.1:1/cb', false],
    ['http:', 'http://127.0.0.1:1/cb', true],
    ['https:', 'http://127.0.0.1:1/cb', false],
    ['cursor:', 'cursor://cb', true],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1/cb', true],
    ['http://127.0.0.1:*', 'http://127.0.0.1:1/cb', true],
    ['http://127.0.0.1', 'http://127.0.0.1:1/cb', false],
    ['HTTP://LOCALHOST:*/', 'http://localhost:1/cb', true],
    ['http://[::1]:*', 'http://[::1]:1/cb', true],
    ['localhost:*', 'http://localhost:1/cb', true],
    ['http://claude.ai', 'https://claude.ai/cb', true],
    ['https://*.claude.ai', 'https://www.claude.ai/cb', true],
    ['https://*.claude.ai', 'https://claude.ai/cb', false],
    ['https://', 'https://claude.ai/cb', false],
    ['*', 'no url', false],
  ])('%s and %s: %s', (source, target, expected) => {
    expect(admits([source], PAGE, target)).toBe(expected);
  });

  it('of a page that has no URL, only where it is named', () => {
    expect(admits(["'self'"], 'about', 'https://a.test/')).toBe(false);
  });
});
