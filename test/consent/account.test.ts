import { expect, test } from 'vitest';
import { createAccount } from '../../src/consent/account.ts';
import { heardTools } from './support/journey.ts';
import { openSite, type Reply, type Routes, redirect } from './support/site.ts';

const ACCOUNT = { username: 'ada', password: 'correct horse', email: 'ada@user.example' };

const FORM = `<form method="post" action="/join"><input name="username"><input name="email">
<input type="password" name="password"><input type="password" name="confirm"><button>Create account</button></form>`;

/** Signs up at a site, from one of its pages. */
async function signUp(routes: Routes, start = '/join', account = {}) {
  const site = await openSite(routes);
  const tools = heardTools('');
  const finding = await createAccount(site.origin + start, { ...ACCOUNT, ...account }, tools);
  return { site, tools, finding };
}

test('a sign-up form is filled in whole, the password twice', async () => {
  const { site, finding } = await signUp({
    'GET /join': FORM,
    'POST /join': redirect('/login', 303),
    'GET /login': 'Log in',
  });
  expect(finding.kind).toBe('created');
  expect(Object.fromEntries(new URLSearchParams(site.at('POST /join')[0]?.body))).toEqual({
    username: 'ada',
    email: 'ada@user.example',
    password: 'correct horse',
    confirm: 'correct horse',
  });
});

test('a form that asks for no address needs none, one that does names the option', async () => {
  const nameless = FORM.replace('<input name="email">', '');
  const routes = (form: string) => ({ 'GET /join': form, 'POST /join': 'Welcome, ada' });
  const without = { email: undefined };
  expect((await signUp(routes(nameless), '/join', without)).finding.kind).toBe('created');
  const { site, finding } = await signUp(
    routes(FORM.replace('name="email"', 'name="email" required')),
    '/join',
    without,
  );
  expect(finding).toEqual({ kind: 'refused', message: expect.stringMatching(/give --email$/) });
  expect(site.at('POST /join')).toEqual([]);
});

test('the form is found by a link of the login page', async () => {
  const login = `<form method="post" action="/login"><input name="username"><input type="password" name="password">
<button>Log in</button></form><a href="/join">Create an account</a>`;
  const { site, finding } = await signUp(
    { 'GET /login': login, 'GET /join': FORM, 'POST /join': 'Welcome, ada' },
    '/login',
  );
  expect(finding.kind).toBe('created');
  expect(site.at('POST /login')).toEqual([]);
});

test('pages before the login page are passed', async () => {
  const consent =
    '<form method="post" action="/allow"><input type="hidden" name="a" value="b"><button>Allow</button></form>';
  const { finding } = await signUp(
    {
      'GET /': consent,
      'POST /allow': redirect('/join', 303),
      'GET /join': FORM,
      'POST /join': 'Welcome',
    },
    '/',
  );
  expect(finding.kind).toBe('created');
});

const taken: readonly (readonly [string, Reply])[] = [
  ['the status says so', { status: 409, body: 'Conflict' }],
  [
    'a bare sentence',
    { status: 400, body: '<p>Registration failed - user might already exist</p>' },
  ],
  [
    'an alert above the form',
    `<p role="alert">This e-mail address is already registered.</p>${FORM}`,
  ],
  [
    'JSON',
    {
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: '{"error":"username is taken"}',
    },
  ],
  [
    'German',
    { status: 422, body: `<p class="error">Der Benutzername ist bereits vergeben.</p>${FORM}` },
  ],
  ['an alert on a page of its own', '<div class="alert">User already exists</div>'],
];

test.each(taken)('a user who exists is told apart: %s', async (_, answer) => {
  const { finding } = await signUp({ 'GET /join': FORM, 'POST /join': answer });
  expect(finding.kind).toBe('exists');
});

const refused: readonly (readonly [string, Reply, string])[] = [
  ['a weak password', { status: 422, body: `<p role="alert">Too short.</p>${FORM}` }, 'Too short.'],
  ['the form again', `${FORM}<p class="error">Wrong captcha.</p>`, 'Wrong captcha.'],
  [
    'a link for those who have an account',
    { status: 400, body: `<p>Try later.</p><p>Already registered? Log in</p>${FORM}` },
    'Try later.',
  ],
  ['an error page', { status: 500, body: 'Oops' }, 'Oops'],
];

test.each(refused)('a refusal is no existing user: %s', async (_, answer, words) => {
  const { finding } = await signUp({ 'GET /join': FORM, 'POST /join': answer });
  expect(finding.kind).toBe('refused');
  expect(finding.message).toContain(words);
});

test('a page without a form and without a link to one says so', async () => {
  const { finding } = await signUp({ 'GET /': '<p>Nothing here</p>' }, '/');
  expect(finding).toEqual({ kind: 'no-form', message: expect.stringContaining('--register-path') });
});

test('links that lead in circles come to an end', async () => {
  const { finding, site } = await signUp({ 'GET /': '<a href="/">Sign up</a>' }, '/');
  expect(finding.kind).toBe('no-form');
  expect(site.seen.length).toBeLessThan(10);
});

test('a field that is not known is asked for, and taken from what is given', async () => {
  const form = FORM.replace('<button>', '<input name="team" required><button>');
  const routes = { 'GET /join': form, 'POST /join': 'Welcome' };
  const { finding } = await signUp(routes);
  expect(finding).toEqual({ kind: 'refused', message: expect.stringContaining('"team"') });
  const given = await signUp(routes, '/join', { fields: { team: 'blue' } });
  expect(given.finding.kind).toBe('created');
  expect(given.site.at('POST /join')[0]?.body).toContain('team=blue');
});

test('terms that have to be accepted are accepted, a newsletter is not taken', async () => {
  const form = FORM.replace(
    '<button>',
    '<input type="checkbox" name="terms" required><input type="checkbox" name="newsletter"><button>',
  );
  const { site } = await signUp({ 'GET /join': form, 'POST /join': 'Welcome' });
  const fields = new URLSearchParams(site.at('POST /join')[0]?.body);
  expect(fields.has('terms')).toBe(true);
  expect(fields.has('newsletter')).toBe(false);
});

test('the password stands in no message and in nothing that is said', async () => {
  const { finding, tools } = await signUp({
    'GET /join': FORM,
    'POST /join': { status: 400, body: '<p class="error">correct horse is too weak</p>' },
  });
  expect(finding.message).toContain('is too weak');
  expect([finding.message, ...tools.said].join('\n')).not.toContain('correct horse');
});
