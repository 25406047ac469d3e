import { expect, test } from 'vitest';
import { judge, readTrace } from '../../src/index.ts';
import { matchers } from '../../src/vitest.ts';
import { edit } from '../rules/support.ts';

expect.extend(matchers);

const fine = edit().trace;
const faulty = readTrace('traces/reference/token-no-refresh-token.json');
const ids = judge(faulty).findings.map(({ rule }) => rule.id);
/** Ended before anything could be judged. */
const unreached = {
  ...fine,
  sequence_summary: {
    ...fine.sequence_summary,
    outcome: 'failed' as const,
    failed_step: 'challenge',
    reason: 'nothing accepts connections there',
    steps: [],
  },
  trace_log: [],
};

test('a trace and its judgement match alike', () => {
  expect(fine).toHaveCompleted();
  expect(unreached).not.toHaveCompleted();
  for (const subject of [fine, judge(fine)]) expect(subject).toHaveNoFindings();
  for (const subject of [faulty, judge(faulty)]) {
    expect(subject).not.toHaveNoFindings();
    expect(subject).toHaveNoFindings(ids);
  }
});

test('findings are told with their fix', () => {
  const [{ message, fix } = { message: '', fix: '' }] = judge(faulty).findings;
  const told = `${ids[0]}: ${message}\n  For the authorization server, at token: ${fix}`;
  expect(() => expect(faulty).toHaveNoFindings()).toThrow(told);
});

test('a run that did not complete has neither findings nor none', () => {
  const said =
    /^the run ended as failed: .*nothing accepts connections there\n.*\nWhat it did not reach could not be judged; /;
  expect(judge(unreached).findings).toEqual([]);
  expect(() => expect(unreached).toHaveNoFindings()).toThrow(said);
  expect(() => expect(unreached).not.toHaveNoFindings()).toThrow(said);
  expect(judge(unreached)).toHaveNoFindings();
});

test('findings are told of a run that did not complete, and ignoring them does not complete it', () => {
  const stopped = readTrace('traces/reference/asm-pkce-methods-missing.json');
  const found = judge(stopped).findings.map(({ rule }) => rule.id);
  expect(() => expect(stopped).toHaveNoFindings()).toThrow('error asm-pkce-methods-missing: ');
  expect(() => expect(stopped).toHaveNoFindings(found)).toThrow('the run ended as refused: ');
  expect(judge(stopped)).toHaveNoFindings(found);
});

test.each([[fine], [judge(fine)]])(
  'an id that no rule has is not ignored in silence',
  (subject) => {
    expect(() => expect(subject).toHaveNoFindings(['token-cache-contrl'])).toThrow(
      'toHaveNoFindings() names "token-cache-contrl", which is no rule; did you mean token-cache-control?',
    );
    expect(() => expect(subject).not.toHaveNoFindings(['nonsense-rule'])).toThrow(
      /^toHaveNoFindings\(\) names "nonsense-rule", which is no rule$/,
    );
  },
);

test('one id is no list of ids', () => {
  // JavaScript calls it like this.
  const untyped = 'token-cache-control' as unknown as readonly string[];
  expect(() => expect(fine).toHaveNoFindings(untyped)).toThrow(
    'toHaveNoFindings() got "token-cache-control", expected a list of rule ids',
  );
});

test.each(['toHaveCompleted', 'toHaveNoFindings'] as const)('%s misses an await', (name) => {
  const promise = Promise.resolve(fine);
  for (const matching of [expect(promise), expect(promise).not])
    expect(() => matching[name]()).toThrow(
      `${name}() got a promise, expected a trace: await is missing`,
    );
  expect(() => expect(undefined)[name]()).toThrow(`${name}() got undefined, expected a trace`);
});

test('the matchers say who has to act, and at which step', () => {
  const run = readTrace('traces/reference/token-no-refresh-token.json');
  expect(matchers.toHaveNoFindings(run).message()).toContain(
    '\n  For the authorization server, at token: ',
  );
  const broken = readTrace('traces/reference/asm-issuer-mismatch.json');
  expect(matchers.toHaveCompleted(broken).message()).toContain(
    '\n  For the authorization server, at server-metadata: ',
  );
  const { trace: open } = edit().failedAt('challenge', 'answered without asking', 'open');
  expect(matchers.toHaveCompleted(open).message()).toContain(
    '\n  For the MCP server, at challenge: ',
  );
});
