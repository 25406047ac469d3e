import { expect, it } from 'vitest';
import { rulesDocument } from '../../src/rules/document.ts';
import { RULES } from '../../src/rules/index.ts';
import { defineRule, pass } from '../../src/rules/rule.ts';

const rule = defineRule({
  id: 'one-rule',
  step: 'token',
  fault: 'deployment',
  level: 'SHOULD',
  severity: 'info',
  revisions: 'B-D',
  requires: 'Either a|b or *c*.',
  why: 'Because <some> do.',
  fix: 'Send it.',
  example: 'a: *b*',
  affected: { clients: ['One', 'Two'], confidence: 'single' },
  spec: [{ title: 'RFC 1', url: 'https://example.com/1' }],
  outranks: ['other-rule'],
  judge: () => pass,
});

it('a rule stands in the table of its step and has a section', () => {
  const page = rulesDocument([rule]);
  expect(page).toContain('## token\n\n| rule |');
  expect(page).toContain(
    '| [`one-rule`](#one-rule) | info | SHOULD | deployment | 2025-06-18 and later | Either a\\|b or \\*c\\*. |',
  );
  expect(page).toContain('### one-rule\n\n');
  expect(page).toContain('Because \\<some\\> do.');
  expect(page).toContain('```text\na: *b*\n```');
  expect(page).toContain('One, Two (reported once)');
  expect(page).toContain('Speaks for [`other-rule`](#other-rule)');
  expect(page).toContain('[RFC 1](https://example.com/1)');
});

it('what a rule does not say is left out', () => {
  const { example, affected, outranks, ...bare } = rule;
  const page = rulesDocument([{ ...bare, spec: [] }]);
  expect(page).not.toMatch(/```|Clients that break|Speaks for|\]\(http/);
});

it('every rule has its section, once', () => {
  const page = rulesDocument();
  const sections = [...page.matchAll(/^### (.+)$/gm)].map(([, id]) => id);
  expect(sections.sort()).toEqual(RULES.map(({ id }) => id).sort());
});

it('rules are in the order of their ids, steps without rules are left out', () => {
  const page = rulesDocument([
    { ...rule, id: 'z-rule' },
    { ...rule, id: 'a-rule' },
  ]);
  expect(page.indexOf('### a-rule')).toBeLessThan(page.indexOf('### z-rule'));
  expect(page.match(/^## /gm)).toHaveLength(1);
});
