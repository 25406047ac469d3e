import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import type { Difference } from '../../src/diff/difference.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { type Edit, edit, happyTrace } from '../rules/support.ts';

const weights = (before: Trace, after: Trace): Readonly<Record<string, string>> =>
  Object.fromEntries(
    diff(before, after).differences.map(({ where, weight }) => [where.pointer, weight]),
  );

describe('the settings of two runs', () => {
  it('are told where they differ, each by its name', () => {
    const other = edit()
      .metadata({ client: 'mcp-remote', lenient: true, options: { scope_given: 'a b' } })
      .revision('2025-06-18', '2025-06-18');
    expect(diff(happyTrace(), other.trace).settings).toEqual([
      { name: 'client', before: 'mcp-oauth-trace', after: 'mcp-remote' },
      { name: 'revision', before: '2025-11-25', after: '2025-06-18' },
      { name: 'scope', before: null, after: 'a b' },
      { name: 'lenient', before: false, after: true },
    ]);
  });

  it('are told whatever step is looked at, unless they are left out', () => {
    const other = edit().metadata({ client: 'mcp-remote' }).trace;
    expect(diff(happyTrace(), other, { only: ['token'] }).settings).toHaveLength(1);
    expect(diff(happyTrace(), other, { ignore: ['client'] }).settings).toEqual([]);
  });

  it.each([
    [{ scope_given: 'a b' }, 'the scope that the user asked for: was none, is "a b"'],
    [{ client_id_given: true }, 'a client id given by the user: was no, is yes'],
    [{ grant: 'device_code' }, 'the grant asked for: was none, is "device_code"'],
  ])('that the user chose are a difference each: %j', (options, text) => {
    const other = edit().metadata({ options }).trace;
    expect(diff(happyTrace(), other).differences.map((one) => one.text)).toEqual([text]);
    expect(diff(happyTrace(), other, { ignore: ['/metadata/options'] }).same).toBe(true);
  });

  it('explain that another revision is spoken', () => {
    const other = edit().revision('2025-06-18', '2025-06-18').trace;
    expect(weights(happyTrace(), other)['/metadata/revision/used']).toBe('behaviour');
  });
});

describe("the client's own word is no contract of the server", () => {
  const heavy = (before: Edit, after: Edit): readonly Difference[] =>
    diff(before.trace, after.trace).differences.filter(({ weight }) => weight === 'contract');
  const asked = { client_name: 'Another client', redirect_uris: ['http://127.0.0.1:1/other'] };

  it.each<readonly [string, Edit]>([
    ['a field of its request', edit().form('token', { resource: undefined })],
    ['a scope that it asks for', edit().query('authorize', { scope: 'a' })],
    ['a token that nobody issued', edit().requestHeader('list', 'authorization', 'Bearer x-9')],
    ['a client id of its own', edit().form('refresh', { client_id: 'c-18' })],
    [
      'an answer that repeats what was asked',
      edit().requestBody('registration', asked).body('registration', asked),
    ],
    [
      'a scope that was granted as asked',
      edit().query('authorize', { scope: 'a' }).body('token', { scope: 'a' }),
    ],
  ])('%s', (_, changed) => {
    expect(diff(happyTrace(), changed.trace).same).toBe(false);
    expect(heavy(edit(), changed)).toEqual([]);
    expect(heavy(changed, edit())).toEqual([]);
  });

  it.each<readonly [string, Edit]>([
    ['what was not asked', edit().body('registration', asked)],
    ['a scope that was not asked', edit().body('token', { scope: 'a' })],
    [
      'what a callback brings',
      edit().url('callback', 'http://127.0.0.1:49321/callback?code=c&state=other'),
    ],
  ])('but the server answers for %s', (_, changed) => {
    expect(heavy(edit(), changed)).not.toEqual([]);
  });
});
