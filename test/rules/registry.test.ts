import { describe, expect, it } from 'vitest';
import { findRule, RULES } from '../../src/rules/index.ts';
import { judge } from '../../src/rules/judge.ts';
import { REVISIONS } from '../../src/spec/revisions.ts';
import { STEP_IDS } from '../../src/trace/schema.ts';
import { edit, happyTrace } from './support.ts';

const ids = RULES.map(({ id }) => id);

it.each(REVISIONS.map(({ id }) => id))(
  'no rule finds fault with the healthy trace of %s',
  (revision) => {
    const { findings } = judge(happyTrace(revision));
    expect(findings.map(({ rule, message }) => `${rule.id}: ${message}`)).toEqual([]);
  },
);

it('no rule finds fault with a healthy trace whose revision was left open', () => {
  const { trace } = edit(happyTrace('2026-07-28')).revision('auto', '2026-07-28');
  expect(judge(trace).findings).toEqual([]);
});

it('an empty trace gives no finding', () => {
  const { trace } = edit().failedAt('challenge').without('challenge');
  expect(judge(trace).findings).toEqual([]);
});

it('every id is used once', () => {
  expect(ids).toEqual([...new Set(ids)]);
});

it('a rule is found by its id', () => {
  expect(RULES.map(({ id }) => findRule(id))).toEqual(RULES);
  expect(findRule('no-such-rule')).toBeUndefined();
});

it('no rule outranks itself, by whatever detour', () => {
  const outranks = new Map(RULES.map((rule) => [rule.id, rule.outranks ?? []]));
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    (outranks.get(from) ?? []).some((id) => {
      if (id === wanted) return true;
      if (seen.has(id)) return false;
      return reaches(id, wanted, seen.add(id));
    });
  expect(ids.filter((id) => reaches(id, id, new Set()))).toEqual([]);
});

it('a rule outranks only rules that exist', () => {
  const unknown = RULES.flatMap(({ outranks = [] }) => outranks).filter((id) => !findRule(id));
  expect(unknown).toEqual([]);
});

it('every rule shows what is right, but where no header, document or request can', () => {
  const bare = RULES.filter(({ example }) => example === undefined).map(({ id }) => id);
  // How long an answer may take stands in no answer.
  expect(bare).toEqual(['slow-endpoint-budget']);
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('is declared as the house asks', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(STEP_IDS).toContain(rule.step);
    expect(rule.revisions).toMatch(/^[A-D](-[A-D])?$/);
    if (rule.level !== 'field') expect(rule.spec.length).toBeGreaterThan(0);
  });

  it('speaks in whole sentences', () => {
    for (const text of [rule.requires, rule.why, rule.fix]) expect(text).toMatch(/^\S.+[.!?)"]$/su);
  });

  it('names the clients it knows to break', () => {
    if (rule.affected) expect(rule.affected.clients.length).toBeGreaterThan(0);
    if (rule.level === 'field') expect(rule.why.length).toBeGreaterThan(40);
  });
});
