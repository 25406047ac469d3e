/** What the tables of the other files hold: a verdict that no row shows is a verdict that nobody has seen. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { findRule, RULES } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { RuleTable } from './support.ts';

/** Rules that can always tell, and why. */
const ALWAYS_CERTAIN: Readonly<Record<string, string>> = {
  'nonstandard-port': 'it asks for nothing but the URLs of requests, which every trace holds',
};

const KINDS = ['valid', 'invalid', 'inconclusive'] as const;

const shown = new Map<string, Set<(typeof KINDS)[number]>>();

function note(named: Rule | string, table: RuleTable): void {
  const rule = typeof named === 'string' ? findRule(named) : named;
  const kinds = shown.get(rule?.id ?? '') ?? new Set();
  for (const kind of KINDS) if (Object.keys(table[kind] ?? {}).length > 0) kinds.add(kind);
  shown.set(rule?.id ?? '', kinds);
}

beforeAll(async () => {
  // The rows are run where they stand; here they are only counted.
  const nothing = Object.assign(() => {}, { each: () => () => {} });
  vi.doMock('vitest', async (original) => ({
    ...(await original<object>()),
    ...Object.fromEntries(
      ['describe', 'it', 'test', 'beforeAll', 'afterAll'].map((name) => [name, nothing]),
    ),
  }));
  vi.doMock('./support.ts', async (original) => ({
    ...(await original<object>()),
    ruleTable: note,
  }));
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  for (const file of files)
    if (file !== basename(import.meta.filename)) await import(join(import.meta.dirname, file));
});

const lacking = (kind: (typeof KINDS)[number]): readonly string[] =>
  RULES.map(({ id }) => id).filter((id) => !shown.get(id)?.has(kind));

it('every rule is shown to pass', () => {
  expect(lacking('valid')).toEqual([]);
});

it('every rule is shown to fail', () => {
  expect(lacking('invalid')).toEqual([]);
});

it('every rule is shown to be unable to tell, but for those that always can', () => {
  expect(lacking('inconclusive')).toEqual(Object.keys(ALWAYS_CERTAIN));
});
