import { expect, it } from 'vitest';
import { json } from '../../src/report/json.ts';
import { findCause } from '../../src/rules/cause.ts';
import { judge } from '../../src/rules/judge.ts';
import { type Edit, edit } from '../rules/support.ts';

const written = ({ trace }: Edit, options: { step?: string; exchange?: number } = {}) => {
  const judgement = judge(trace);
  const cause = findCause(trace, judgement.findings);
  const subject = { trace, judgement, ...(cause && { cause }) };
  return JSON.parse(json(subject, { color: false, width: 80, ...options }));
};
const flawed = edit()
  .status('initialized', 200)
  .body('refresh', { refresh_token: undefined })
  .noAnswer('call', 'ECONNRESET', 'wait');

it('a healthy trace comes back whole, with nothing found', () => {
  const { trace } = edit();
  expect(written(edit())).toMatchObject({
    trace: JSON.parse(JSON.stringify(trace)),
    findings: [],
    cause: null,
    counts: { error: 0, warning: 0, info: 0, failed: 0 },
    not_judged: [],
  });
});

it('findings are told in full', () => {
  const [first] = written(flawed).findings;
  expect(first).toMatchObject({
    rule: 'transport-notification-status',
    step: 'call',
    severity: 'error',
    level: 'MUST',
    fault: 'mcp-server',
    message: 'notifications/initialized was answered 200, expected 202 without a body',
    evidence: [{ exchange: 12, pointer: '/response/status' }],
  });
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining(['requires', 'why', 'fix', 'affected', 'spec']),
  );
});

it('counts agree with what is listed', () => {
  const { findings, counts, not_judged } = written(flawed);
  expect(counts.error + counts.warning + counts.info).toBe(findings.length);
  expect(counts.failed).toBe(findings.length);
  expect(counts.not_judged).toBe(not_judged.length);
  expect(not_judged[0]).toEqual({ rule: expect.any(String), why: expect.any(String) });
});

it('the cause names its step, its rule and its exchange', () => {
  const { cause } = written(
    edit()
      .failedAt('token', 'refused')
      .answer('token', 401, { error: 'invalid_client' })
      .without('refresh'),
  );
  expect(cause).toMatchObject({ step: 'token', rule: 'token-client-auth-rejected', exchange: 10 });
});

it('a cause without rule and exchange has null for them', () => {
  const { cause } = written(edit().failedAt('challenge', 'nothing was sent').without('challenge'));
  expect(cause).toMatchObject({ step: 'challenge', rule: null, exchange: null });
});

it('narrowed to a step it holds that step alone', () => {
  const { trace, findings } = written(flawed, { step: 'refresh' });
  expect(trace.trace_log.map(({ id }: { id: number }) => id)).toEqual([15, 16]);
  expect(findings.map(({ rule }: { rule: string }) => rule)).toEqual(['refresh-not-rotated']);
});
