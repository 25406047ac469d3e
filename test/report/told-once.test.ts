import { describe, expect, it } from 'vitest';
import { html } from '../../src/report/html.ts';
import { markdown } from '../../src/report/markdown.ts';
import type { Reporter } from '../../src/report/reporter.ts';
import { text } from '../../src/report/text.ts';
import { type Edit, edit } from '../rules/support.ts';
import { PLAIN, subjectOf } from './hostile.ts';

const REASON = 'the login page refused the password';

const refusedLogin = edit()
  .text('login', 'Wrong', 'text/plain')
  .status('login', 401)
  .without('consent-page', 'consent', 'callback')
  .failedAt('authorization', REASON);
const refusedToken = edit().answer('token', 401, { error: 'invalid_client' }).failedAt('token');
const skipped = edit().step('refresh', { outcome: 'skipped', reason: REASON });

/** How often a report says something, wherever its lines are broken. */
function timesIn(report: Reporter, words: string, { trace }: Edit, step?: string): number {
  const told = report(subjectOf(trace), { ...PLAIN, ...(step !== undefined && { step }) });
  return told.replace(/\s+/g, ' ').split(words).length - 1;
}

describe.each(Object.entries({ text, markdown, html }))('why a run broke, in %s', (_, report) => {
  it('is told by the cause alone where that is made from it', () => {
    expect(timesIn(report, REASON, refusedLogin)).toBe(1);
  });

  it('is told once where a finding says the same', () => {
    const [seen] = subjectOf(refusedToken.trace).cause?.message.split(', expected ') ?? [];
    const trace = refusedToken.failedAt('token', `${seen}, expected some other end`);
    expect(subjectOf(trace.trace).cause?.finding).toBeDefined();
    expect(timesIn(report, 'some other end', trace)).toBe(0);
  });

  it('is told at its step where a finding explains it in other words', () => {
    expect(timesIn(report, REASON, refusedToken.failedAt('token', REASON))).toBe(1);
  });

  it('is told where no cause is', () => {
    expect(timesIn(report, REASON, skipped)).toBe(1);
  });
});

it('a step that is shown alone tells its reason', () => {
  expect(timesIn(text, REASON, refusedLogin, 'authorization')).toBe(1);
});
