import { expect, it } from 'vitest';
import { judge } from '../../src/rules/judge.ts';
import {
  defineRule,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Rule,
} from '../../src/rules/rule.ts';
import { edit, happyTrace } from './support.ts';

const failing = (id: string, change: Partial<Rule> = {}): Rule =>
  defineRule({
    id,
    step: 'token',
    fault: 'authorization-server',
    level: 'MUST',
    revisions: 'A-D',
    requires: 'It holds.',
    why: 'It matters.',
    fix: 'Mend it.',
    spec: [],
    judge: () => fail('seen, expected', { exchange: 1, pointer: '/response' }),
    ...change,
  });

const idsOf = (rules: readonly Rule[], trace = happyTrace()): readonly string[] =>
  judge(trace, rules).findings.map(({ rule }) => rule.id);

it('findings come in the order of weight, then step, then id', () => {
  const rules = [
    failing('info', { level: 'MAY', step: 'challenge' }),
    failing('late', { step: 'call' }),
    failing('b'),
    failing('warning', { level: 'SHOULD', step: 'challenge' }),
    failing('a'),
  ];
  expect(idsOf(rules)).toEqual(['a', 'b', 'late', 'warning', 'info']);
});

it('a finding carries the case where the verdict knows better than the rule', () => {
  const verdict = fail(
    'm',
    { exchange: 1, pointer: '' },
    { severity: 'info', fault: 'client', fix: 'f' },
  );
  const [finding] = judge(happyTrace(), [failing('x', { judge: () => verdict })]).findings;
  expect(finding).toMatchObject({ severity: 'info', fault: 'client', fix: 'f', message: 'm' });
});

it('no control character of a server reaches a finding', () => {
  const verdict = fail('\u001b[31mred\u0007\u202e', { exchange: 1, pointer: '' });
  const [finding] = judge(happyTrace(), [failing('x', { judge: () => verdict })]).findings;
  expect(finding?.message).toBe(' [31mred ');
});

it('a finding carries what the rule says where the verdict is silent', () => {
  const [finding] = judge(happyTrace(), [failing('x')]).findings;
  expect(finding).toMatchObject({
    severity: 'error',
    fault: 'authorization-server',
    fix: 'Mend it.',
  });
});

it('a rule that fails silences the rules it outranks, along a chain', () => {
  const rules = [
    failing('c'),
    failing('a', { outranks: ['b', 'not-failing'] }),
    failing('b', { outranks: ['c'] }),
    failing('not-failing', { judge: () => pass }),
  ];
  const { findings, verdicts } = judge(happyTrace(), rules);
  expect(findings.map(({ rule }) => rule.id)).toEqual(['a']);
  expect(verdicts.get('c')).toEqual({ kind: 'not-applicable', why: expect.stringContaining('b ') });
  expect(verdicts.get('not-failing')).toEqual(pass);
});

it('every rule has a verdict, and the verdicts are counted', () => {
  const rules = [
    failing('f'),
    failing('p', { judge: () => pass }),
    failing('n', { judge: () => notApplicable('no') }),
    failing('i', { judge: () => inconclusive('cut') }),
    failing('d', { revisions: 'D' }),
  ];
  const { counts, verdicts } = judge(happyTrace(), rules);
  expect(counts).toEqual({ pass: 1, fail: 1, 'not-applicable': 2, inconclusive: 1 });
  expect(verdicts.size).toBe(5);
});

it('a rule that throws is reported by name', () => {
  const broken = failing('broken', {
    judge: () => {
      throw new TypeError('oops');
    },
  });
  expect(() => judge(happyTrace(), [broken])).toThrow(/broken.*oops/);
});

it.each([
  ['A-D', 'auto', '2025-03-26', 'error'],
  ['D', '2026-07-28', '2026-07-28', 'error'],
  ['D', 'draft', null, 'error'],
  ['D', 'auto', null, 'error'],
  ['D', 'auto', '2025-11-25', 'info'],
  ['D', '2025-11-25', null, undefined],
  ['B-D', '2025-03-26', '2025-03-26', undefined],
  ['A-C', 'auto', '2026-07-28', undefined],
  ['A-C', 'auto', '2025-06-18', 'error'],
  ['A-D', 'auto', '2099-01-01', 'error'],
])(
  'a rule of %s before the negotiation, asked %s and spoken %s, weighs %s',
  (revisions, asked, used, severity) => {
    const { trace } = edit().revision(asked, used);
    const [finding] = judge(trace, [failing('x', { revisions })]).findings;
    expect(finding?.severity).toBe(severity);
  },
);

it('after the negotiation only the negotiated revision counts', () => {
  const { trace } = edit().revision('auto', '2025-11-25');
  expect(idsOf([failing('x', { revisions: 'D', step: 'call' })], trace)).toEqual([]);
});
