import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareTraces } from '../../src/cli/comparison.ts';
import { diff } from '../../src/diff/diff.ts';
import { whatGotWorse } from '../../src/diff/worse.ts';
import { judgedSubject } from '../../src/library/judged.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { type Edit, edit } from '../rules/support.ts';

const worse = (before: Trace, after: Trace): readonly string[] => {
  const compared = compareTraces(judgedSubject(before), judgedSubject(after));
  return whatGotWorse(compared, before, after).map(({ text }) => text);
};

const tools = (...list: readonly object[]): Edit =>
  edit().body('list', { result: { tools: list } });
const whoami = { name: 'whoami', description: 'who you are', inputSchema: { type: 'object' } };
const open = (): Edit => {
  const { trace } = edit().failedAt('challenge', 'let in');
  const summary = { ...trace.sequence_summary, outcome: 'open' as const, failed_step: null };
  return edit({ ...trace, sequence_summary: summary });
};

type Row = readonly [title: string, before: Edit, after: Edit];

const HARMLESS: readonly Row[] = [
  ['nothing', edit(), edit()],
  ['there is a refresh token now', edit().body('token', { refresh_token: undefined }), edit()],
  [
    'the challenge names the scope now',
    edit().header(
      'challenge',
      'www-authenticate',
      'Bearer resource_metadata="https://api.demo.test/.well-known/oauth-protected-resource/team/mcp"',
    ),
    edit(),
  ],
  ['a tool is new', tools(whoami), tools(whoami, { ...whoami, name: 'erase' })],
  ['the token lives longer', edit().body('token', { expires_in: 1800 }), edit()],
  [
    'a device may ask more often',
    edit().body('token', { interval: 15 }),
    edit().body('token', { interval: 5 }),
  ],
  [
    'a tool is described in other words',
    tools(whoami),
    tools({ ...whoami, title: 'Who am I?', description: 'the user' }),
  ],
  [
    'an argument of a tool is described in other words',
    tools({ ...whoami, inputSchema: { properties: { id: { description: 'an id' } } } }),
    tools({ ...whoami, inputSchema: { properties: { id: { description: 'the id' } } } }),
  ],
  [
    'an argument of a tool may be left out now',
    tools({ ...whoami, inputSchema: { required: ['id'] } }),
    tools(whoami),
  ],
  [
    'the resource is called otherwise',
    edit().body('prm', { resource_name: 'Notes' }),
    edit().body('prm', { resource_name: 'Notebook' }),
  ],
  [
    'a flag is set now',
    edit().body('asm', { client_id_metadata_document_supported: false }),
    edit().body('asm', { client_id_metadata_document_supported: true }),
  ],
  ['the run completes now', edit().failedAt('token', 'invalid_grant'), edit()],
  ['the run gets further', edit().failedAt('token', 'no'), edit().failedAt('call', 'no')],
  ['a token is asked for now', open(), edit()],
];

const HARMFUL: readonly (readonly [...Row, text: string])[] = [
  [
    'an error is new',
    edit(),
    edit().header('token', 'cache-control', undefined),
    'new: token-cache-control (error)',
  ],
  ['the run fails now', edit(), edit().failedAt('token', 'no'), 'now it fails at "token"'],
  [
    'the run breaks off earlier',
    edit().failedAt('call', 'no'),
    edit().failedAt('token', 'no'),
    'the run fails at "call"; now it fails at "token"',
  ],
  ['no token is asked for any more', edit(), open(), 'now it is let in without a token'],
  [
    'no token is asked for where the run had failed',
    edit().failedAt('token', 'no'),
    open(),
    'now it is let in without a token',
  ],
  [
    'who was let in fails now',
    open(),
    edit().failedAt('token', 'no'),
    'the run is let in without a token; now it fails at "token"',
  ],
  [
    'the refresh token is gone',
    edit(),
    edit().body('token', { refresh_token: undefined }),
    'refresh_token is gone',
  ],
  ['the token lives shorter', edit(), edit().body('token', { expires_in: 60 }), 'was 3600, is 60'],
  [
    'a device has to ask less often',
    edit().body('token', { interval: 5 }),
    edit().body('token', { interval: 60 }),
    'interval was 5, is 60',
  ],
  ['every tool is gone', tools(whoami), tools(), 'result/tools was array, is []'],
  [
    'a tool is gone',
    tools(whoami, { ...whoami, name: 'erase' }),
    tools(whoami),
    'result/tools/erase is gone',
  ],
  [
    'a tool lost an argument that is called title',
    tools({ ...whoami, inputSchema: { properties: { title: { type: 'string' } } } }),
    tools({ ...whoami, inputSchema: { properties: {} } }),
    'properties/title is gone',
  ],
  [
    'a tool needs an argument now',
    tools(whoami),
    tools({ ...whoami, inputSchema: { type: 'object', required: ['id'] } }),
    'inputSchema/required is new: ["id"]',
  ],
  [
    'pushed requests are demanded',
    edit(),
    edit().body('asm', { require_pushed_authorization_requests: true }),
    'require_pushed_authorization_requests is new: true',
  ],
  ['an endpoint does not answer', edit(), edit().noAnswer('prm', 'ECONNREFUSED'), 'ECONNREFUSED'],
  ['a document is gone', edit(), edit().status('prm', 404), 'status was 200, is 404'],
];

describe('is not worse', () => {
  test.each(HARMLESS)('%s', (_, before, after) => {
    expect(worse(before.trace, after.trace)).toEqual([]);
  });

  const golden = (name: string): Trace =>
    parseTrace(readFileSync(join('traces/reference', `${name}.json`), 'utf8'));
  const faults = readdirSync('traces/reference')
    .map((file) => basename(file, '.json'))
    .filter((name) => !/^(?:healthy|world|modern)/.test(name));

  test.each(faults)('a server that was repaired: %s', (name) => {
    const broken = golden(name);
    const { asked } = broken.metadata.revision;
    const healthy = golden(asked === 'auto' ? 'healthy' : `healthy-${asked}`);
    expect(worse(broken, healthy)).toEqual([]);
  });
});

describe('is worse', () => {
  test.each(HARMFUL)('%s', (_, before, after, text) => {
    expect(worse(before.trace, after.trace).join('\n')).toContain(text);
  });

  test('a warning that is an error now, and not the other way round', () => {
    const [light, heavy] = (['warning', 'error'] as const).map((severity) => ({
      findings: [{ rule: 'x', severity, message: 'm' }],
    }));
    const { trace } = edit();
    const between = (before: object, after: object): number =>
      whatGotWorse(diff(trace, trace, { before, after }), trace, trace).length;
    expect(between(light ?? {}, heavy ?? {})).toBe(1);
    expect(between(heavy ?? {}, light ?? {})).toBe(0);
  });

  test('a status says enough of the answer below it', () => {
    const after = edit().answer('prm', 404, { error: 'x' }).trace;
    const told = worse(edit().trace, after);
    expect(told).toContain('status was 200, is 404');
    expect(told.filter((text) => text.includes('authorization_servers'))).toEqual([]);
  });

  test('less is granted, but not where less was asked for', () => {
    const granted = (scope: string): Edit => edit().body('token', { scope });
    expect(worse(granted('a b').trace, granted('a').trace)).toEqual(['scope lost "b"']);
    const asked = (scope: string): Edit => granted(scope).form('token', { scope });
    expect(worse(asked('a b').trace, asked('a').trace)).toEqual([]);
  });
});
