import { describe, expect, it } from 'vitest';
import { learn } from '../../src/report/learned.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { type Edit, edit, formBody, happyTrace, jsonBody } from '../rules/support.ts';

const learned = ({ trace }: Edit) =>
  Object.fromEntries(learn(viewTrace(trace)).map(({ name, value }) => [name, value]));

describe('what a trace tells', () => {
  it('a healthy run tells all', () => {
    expect(learned(edit())).toEqual({
      'MCP server': 'notes 3.2.1, MCP 2025-11-25, 1 tool',
      'Authorization server': 'https://login.demo.test/t1',
      Client: 'c-17, registered by this run, public',
      'Scope asked': 'notes.read',
      'Scope granted': 'notes.read',
      'Access token': 'Bearer, JWT (at+jwt), 304 characters, valid for 1 hour',
      'Refresh token': 'came, used, rotated',
    });
  });

  it('a run that broke at once tells nothing', () => {
    expect(learned(edit().failedAt('challenge').revision('auto', null))).toEqual({});
  });

  it('the server of 2026-07-28 names itself in _meta', () => {
    expect(learned(edit(happyTrace('2026-07-28')))['MCP server']).toBe(
      'notes 3.2.1, MCP 2026-07-28, 1 tool',
    );
  });

  it('without metadata the resource names the authorization server', () => {
    expect(learned(edit().without('asm'))['Authorization server']).toBe(
      'https://login.demo.test/t1',
    );
  });

  it.each([
    [
      'given',
      edit().metadata({ options: { client_id_given: true } }),
      'registered beforehand, public',
    ],
    ['of unknown origin', edit().without('registration'), 'registered elsewhere'],
    [
      'with a secret',
      edit().body('registration', { token_endpoint_auth_method: 'client_secret_basic' }),
      'registered by this run, client_secret_basic',
    ],
    [
      'that nobody deleted',
      edit().without('deletion'),
      'registered by this run and left there, public',
    ],
    [
      'that the server would not delete',
      edit().status('deletion', 403),
      'registered by this run and left there, public',
    ],
  ])('a client %s', (_, trace, expected) => {
    expect(learned(trace).Client).toBe(`c-17, ${expected}`);
  });

  it('a client whose id is a URL is its own metadata document', () => {
    const { trace } = edit().without('registration');
    const summary = { ...trace.sequence_summary, client_id: 'https://app.test/client.json' };
    expect(learned(edit({ ...trace, sequence_summary: summary })).Client).toBe(
      'https://app.test/client.json, its own metadata document',
    );
  });

  it('a scope that was not asked for is left to the server', () => {
    expect(learned(edit().query('authorize', { scope: undefined }))['Scope asked']).toBe(
      'none: the server decides',
    );
  });

  it('a scope that the server puts into the address of its own login page was not asked for', () => {
    const led = edit()
      .query('authorize', { scope: undefined })
      .again('authorize', (one) => ({
        ...one,
        caused_by: one.id,
        request: { ...one.request, url: 'http://as.test/login?response_type=code&scope=all' },
      }));
    expect(learned(led)['Scope asked']).toBe('none: the server decides');
  });

  it('a scope may be asked for in a pushed request', () => {
    const pushed = edit()
      .query('authorize', { scope: undefined })
      .again('revocation', (one) => ({
        ...one,
        request: { ...one.request, body: formBody({ response_type: 'code', scope: 'a b' }) },
      }));
    expect(learned(pushed)['Scope asked']).toBe('a b');
  });

  it('a granted scope that is not named is the one asked for', () => {
    expect(learned(edit().body('token', { scope: undefined }))['Scope granted']).toBe(
      'as asked: none is named',
    );
  });

  it('a token that the user was asked for again is the one that counts', () => {
    const steppedUp = edit().again('token', (one) => ({
      ...one,
      response: one.response && {
        ...one.response,
        body: jsonBody({ access_token: 'wider', token_type: 'Bearer', scope: 'a b' }),
      },
    }));
    expect(learned(steppedUp)).toMatchObject({
      'Scope granted': 'a b',
      'Access token': 'Bearer, opaque, 5 characters, lifetime not said',
    });
  });

  it('a granted scope that is empty is told as such', () => {
    expect(learned(edit().body('token', { scope: '' }))['Scope granted']).toBe('none: it is empty');
  });

  it.each([
    [
      { access_token: 'opaque', expires_in: '90' },
      'Bearer, opaque, 6 characters, valid for 1.5 minutes',
    ],
    [{ access_token: '<access_token #1>', expires_in: 45 }, 'Bearer, opaque, valid for 45 seconds'],
    [
      { access_token: 'a', token_type: 7, expires_in: null },
      'no token_type, opaque, 1 character, lifetime not said',
    ],
    [{ access_token: 'a', expires_in: 604_800 }, 'Bearer, opaque, 1 character, valid for 7 days'],
    [{ access_token: undefined }, 'none came'],
  ])('a token answer with %j', (members, expected) => {
    expect(learned(edit().body('token', members))['Access token']).toBe(expected);
  });

  it.each([
    ['none came', edit().body('token', { refresh_token: undefined })],
    ['came, not used', edit().without('refresh')],
    ['came, refused when used', edit().answer('refresh', 400, { error: 'invalid_grant' })],
    ['came, used, kept by the server', edit().body('refresh', { refresh_token: undefined })],
    [
      'came, used, not rotated',
      edit().body('token', { refresh_token: 'r' }).body('refresh', { refresh_token: 'r' }),
    ],
  ])('a refresh token that %s', (expected, trace) => {
    expect(learned(trace)['Refresh token']).toBe(expected);
  });
});
