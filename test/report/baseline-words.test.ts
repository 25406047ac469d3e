import { expect, test } from 'vitest';
import { baselineLine, worseWords } from '../../src/report/baseline-words.ts';
import { junit } from '../../src/report/junit.ts';
import { markdown } from '../../src/report/markdown.ts';
import { differenceOf } from './difference.ts';
import { PLAIN, subjectOf } from './hostile.ts';

const changed = { change: 'changed', text: 'status was 200, is 404' } as const;
const ofRun = {
  change: 'changed',
  where: { step: null, role: null, name: null, occurrence: null, pointer: '/x' },
  text: 'the run completes; now it fails at "token"',
} as const;

test.each([
  [differenceOf(), 'refresh_token is gone from the answer of the token endpoint'],
  [
    differenceOf({ where: { name: 'refresh_token' } }),
    'refresh_token is gone from the answer of the token endpoint to the refresh',
  ],
  [
    differenceOf({ ...changed, where: { role: 'resource-metadata' } }),
    'status was 200, is 404 in the resource metadata',
  ],
  [
    differenceOf({ ...changed, where: { role: 'mcp', step: 'challenge', name: 'initialize' } }),
    'status was 200, is 404 in the answer to initialize without a token',
  ],
  [
    differenceOf({ ...changed, where: { role: 'mcp', step: 'call', name: 'tools/list' } }),
    'status was 200, is 404 in the answer to tools/list',
  ],
  [differenceOf(ofRun), 'the run completes; now it fails at "token"'],
])('what is worse is said with its place: %#', (difference, words) => {
  expect(worseWords(difference)).toBe(words);
});

test('the line is bounded, and one line', () => {
  const worse = Array.from({ length: 9 }, () =>
    differenceOf({ change: 'changed', text: `a\nb${'x'.repeat(5000)}` }),
  );
  const line = baselineLine({ name: 'base.json', worse, same: false });
  expect(line).toMatch(/^Worse than base\.json: a\\nbx.*…; and 4 more\.$/);
  expect(line.length).toBeLessThan(1500);
});

test('nothing worse is said too', () => {
  const baseline = { name: 'base.json', worse: [], same: false };
  const subject = { ...subjectOf(), baseline };
  expect(baselineLine(baseline)).toBe('Not worse than base.json.');
  expect(markdown(subject, PLAIN)).toContain('\n\nNot worse than `base.json`.\n\n');
  expect(junit(subject, PLAIN)).toMatch(
    /<testsuite name="baseline"[^>]* tests="1" failures="0".*\n<testcase name="not worse than base\.json"/,
  );
});

test('a summary lists what is worse, and not without end', () => {
  const baseline = {
    name: 'b',
    worse: Array.from({ length: 33 }, () => differenceOf()),
    same: false,
  };
  const text = markdown({ ...subjectOf(), baseline }, PLAIN);
  expect(text).toContain('### Worse than `b` (33)\n\n- refresh&#95;token is gone from ');
  expect(text).toContain('\n- and 3 more\n');
});
