import { type Edit, edit, happyTrace, PARTS, ruleTable } from './support.ts';

const hidden = edit().query('authorize', { request: 'eyJhbGciOiJub25lIn0.e30.' });
const unnamed = edit()
  .header('challenge', 'www-authenticate', 'Bearer')
  .body('prm', { scopes_supported: undefined });

/** A 403 after the first call and a second authorization that asks for `scope`. */
function stepUp(start: Edit, scope: string, challenge: string): Edit {
  const again = start.exchange('call', (one) => ({
    ...one,
    response: { status: 403, headers: [['WWW-Authenticate', challenge]], body: null },
  }));
  const authorize = again.trace.trace_log.find(({ id }) => id === PARTS.authorize)!;
  return again.add({ ...authorize, id: 90 }).query(90, {
    scope,
    state: 'Second-state-0123456789-0123456789',
    code_challenge: 'x'.repeat(43),
  });
}

const WRITE = 'Bearer error="insufficient_scope", scope="notes.write"';

ruleTable('client-scope-strategy', {
  valid: {
    'the scope of the challenge': edit(),
    'offline_access on top': edit(happyTrace('2026-07-28')),
    'all of the metadata where the challenge is silent': edit()
      .header('challenge', 'www-authenticate', 'Bearer')
      .query('authorize', { scope: 'notes.write notes.read' }),
    'none where nobody names one': unnamed.query('authorize', { scope: undefined }),
    'what the client was registered for, where that is less': edit()
      .header('challenge', 'www-authenticate', 'Bearer')
      .body('registration', { scope: 'notes.read' })
      .query('authorize', { scope: 'notes.read' }),
    'no challenge at all': edit()
      .without('challenge')
      .query('authorize', { scope: 'notes.read notes.write' }),
    'a step-up to the challenge in 2025-11-25': stepUp(edit(), 'notes.write', WRITE),
    'a step-up to the union': stepUp(
      edit(happyTrace('2026-07-28')),
      'notes.read notes.write offline_access',
      WRITE,
    ),
    'a second authorization that no 403 led to': stepUp(edit(), 'anything', 'Bearer'),
  },
  invalid: {
    'less than the challenge': [
      edit().query('authorize', { scope: undefined }),
      {
        message: 'scope is absent, expected "notes.read" as the challenge',
        at: 'authorize/request/url',
      },
    ],
    'more than the challenge': [edit().query('authorize', { scope: 'notes.read admin' })],
    'not all of the metadata': [
      edit().header('challenge', 'www-authenticate', 'Bearer'),
      { message: 'as the resource metadata names it' },
    ],
    'something where nobody names one': [unnamed, { message: 'expected none' }],
    'a step-up that forgets the earlier scope in 2026-07-28': [
      stepUp(edit(happyTrace('2026-07-28')), 'notes.write', WRITE),
      { message: 'expected "notes.read offline_access notes.write"', at: '90/request/url' },
    ],
    'a step-up that does not ask for the challenge': [
      stepUp(edit(), 'notes.read', WRITE),
      { message: 'step-up is "notes.read"' },
    ],
    'a step-up without a scope': [
      stepUp(edit(), 'x', WRITE).query(90, { scope: undefined }),
      { message: 'absent' },
    ],
  },
  inconclusive: { 'a request object': hidden },
  notApplicable: {
    'a scope of the user': edit().metadata({ options: { scope_given: 'admin' } }),
    'no authorization': edit().failedAt('registration'),
  },
});

const modern = edit(happyTrace('2026-07-28'));
const unlisted = modern.body('asm', { scopes_supported: ['notes.read'] });

ruleTable('client-offline-access-unadvertised', {
  valid: {
    'a scope that is listed': modern,
    'not asked for': unlisted.query('authorize', { scope: 'notes.read' }),
    'asked for by the challenge': unlisted.header(
      'challenge',
      'www-authenticate',
      'Bearer scope="notes.read offline_access"',
    ),
    'asked for by the resource metadata': unlisted.body('prm', {
      scopes_supported: ['offline_access'],
    }),
  },
  invalid: {
    'a scope that is not listed': [
      unlisted,
      { message: '["notes.read"]', at: 'authorize/request/url' },
    ],
    'no list': [modern.body('asm', { scopes_supported: undefined }), { message: 'absent' }],
  },
  inconclusive: { 'a request object': hidden },
  notApplicable: {
    'a scope of the user': unlisted.metadata({ options: { scope_given: 'a offline_access' } }),
    'no authorization': edit().failedAt('registration'),
  },
});
