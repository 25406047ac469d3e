import { describe, expect, it } from 'vitest';
import {
  answerOf,
  contentTypeOf,
  entryOf,
  explanationOf,
  judgeEach,
  letterOf,
  plainText,
  shown,
  verdictOn,
  whatPlaceSaid,
} from '../../src/rules/evidence.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { type Edit, edit, PARTS, type Part } from './support.ts';

const evidence = { exchange: 1, pointer: '/response' };
const one = (start: Edit, part: Part) =>
  start.trace.trace_log.find(({ id }) => id === PARTS[part])!;

describe('a verdict over deviations', () => {
  it('passes without any', () => {
    expect(verdictOn([])).toEqual({ kind: 'pass' });
  });

  it('tells each message once', () => {
    const twice = [1, 2].map(() => ({ message: 'a', evidence }));
    expect(verdictOn(twice)).toMatchObject({ message: 'a', evidence: [evidence, evidence] });
  });

  it('tells three messages and counts the rest', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((message) => ({ message, evidence }));
    expect(verdictOn(many)).toMatchObject({ message: 'a; b; c; and 2 more' });
  });

  it('shows no more evidence than a reader wants', () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ message: `${n}`, evidence }));
    const verdict = verdictOn(many);
    expect(verdict.kind === 'fail' && verdict.evidence.length).toBe(20);
  });

  it.each([
    [['warning', 'info'], 'warning'],
    [['info'], 'info'],
    [['info', undefined], undefined],
  ] as const)('of %j weighs %s', (severities, expected) => {
    const deviations = severities.map((severity) => ({
      message: 'a',
      evidence,
      ...(severity && { severity }),
    }));
    const verdict = verdictOn(deviations, 'mend it');
    expect(verdict).toMatchObject({ fix: 'mend it' });
    expect(verdict.kind === 'fail' && verdict.severity).toBe(expected);
  });
});

describe('judging each answer', () => {
  const faulty = () => [{ message: 'a', evidence }];

  it('says nothing without an answer', () => {
    expect(judgeEach('thing', [], faulty)).toMatchObject({ kind: 'not-applicable' });
  });

  it('fails over a whole answer beside one that was cut', () => {
    const both = [one(edit(), 'token'), one(edit().cut('token'), 'token')];
    expect(judgeEach('thing', both, faulty)).toMatchObject({ kind: 'fail', message: 'a' });
  });
});

it.each([
  [undefined, 'absent'],
  [null, 'null'],
  ['a\nb', '"a\\nb"'],
])('%j is shown as %s', (value, expected) => {
  expect(shown(value)).toBe(expected);
});

it.each([
  ['a\u0000\u001b[0mb', 'a [0mb'],
  ['a\u202eb', 'a b'],
  ['naïve …', 'naïve …'],
])('%j is plain as %s', (message, expected) => {
  expect(plainText(message)).toBe(expected);
});

it('a table has no entry for what every object has', () => {
  expect(entryOf({ a: 1 }, 'a')).toBe(1);
  expect(entryOf({ a: 1 }, 'toString')).toBeUndefined();
});

it.each([
  ['2025-06-18', '2025-06-18', 'B'],
  ['auto', '2025-11-25', 'C'],
  ['2025-03-26', null, 'A'],
  ['auto', null, 'D'],
  ['auto', '1999-01-01', 'D'],
])('a trace asked %s and spoken %s is judged by %s', (asked, used, letter) => {
  expect(letterOf(viewTrace(edit().revision(asked, used).trace))).toBe(letter);
});

describe('an answer in a message', () => {
  it.each([
    [edit(), '200'],
    [edit().answer('token', 400, { error: 'invalid_grant' }), '400 invalid_grant'],
    [edit().answer('token', 400, { error: 'a b' }), '400 "a b"'],
    [edit().noAnswer('token', 'ECONNRESET'), 'nothing (ECONNRESET)'],
    [edit().exchange('token', (token) => ({ ...token, response: null })), 'nothing'],
  ])('%#', (start, expected) => {
    expect(answerOf(one(start, 'token'))).toBe(expected);
  });

  it('has no content type where none was sent', () => {
    expect(contentTypeOf(one(edit().noAnswer('token', 'ECONNRESET'), 'token'))).toBe('');
  });
});

describe('an explanation', () => {
  it.each([
    ['{"error":"a","error_description":"b"}', 'b a'],
    ['{"message":"m","detail":"d"}', 'm d'],
    ['{"error":7}', ''],
    ['{"jsonrpc":"2.0","error":{"code":-32600,"message":"m"}}', 'm'],
    ['<p>Not <b>found</b></p><script>x("y")</script> here', 'Not found here'],
    ['plain words', 'plain words'],
    ['<unfinished', '<unfinished'.slice(1)],
  ])('of %s', (text, expected) => {
    expect(explanationOf(one(edit().text('token', text, 'text/plain'), 'token'))).toBe(expected);
  });

  it('is shown without the code that stands beside it', () => {
    const said = (body: Readonly<Record<string, unknown>>) =>
      whatPlaceSaid(one(edit().answer('token', 400, body), 'token'), 'it');
    expect(said({ error: 'a', error_description: 'b' })).toBe('it answered 400 a ("b")');
    expect(said({ error: 'a' })).toBe('it answered 400 a');
  });

  it('of no body is empty', () => {
    expect(explanationOf(one(edit(), 'initialized' as Part))).toBe('');
  });
});
