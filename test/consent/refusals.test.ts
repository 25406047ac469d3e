import { expect, test } from 'vitest';
import { form } from '../../src/consent/form.ts';
import { consentErrorOf, heardTools, loginPage, travel } from './support/journey.ts';
import { openSite, type Reply, redirect } from './support/site.ts';

async function failure(page: Reply, options: Parameters<typeof travel>[1] = {}) {
  const site = await openSite({ 'GET /authorize': page });
  return consentErrorOf(travel(`${site.origin}/authorize?code_challenge=x`, options));
}

const ADA = { username: 'ada', password: 'correct horse' };

test('a JavaScript application is named, with the way out', async () => {
  const error = await failure(loginPage('app-shell'), ADA);
  expect(error.code).toBe('page-not-drivable');
  expect(error.message).toMatch(/^"Acme Identity" at http:\/\/127\.0\.0\.1:\d+\/authorize cannot/);
  expect(error.message).toContain('a script builds what the user sees');
  expect(error.message).toContain('--consent browser');
});

test('fields outside any form are listed', async () => {
  const error = await failure(loginPage('app-fields'), ADA);
  expect(error.code).toBe('page-not-drivable');
  expect(error.message).toContain('"email" (email), "secret" (password)');
});

test('forms that neither log in nor approve are listed with fields and buttons', async () => {
  const error = await failure(
    '<form action="/f?t=1" method="post"><select name="lang"></select><button>Deutsch</button><button>English</button></form>',
  );
  expect(error.code).toBe('page-not-drivable');
  expect(error.message).toMatch(
    /form POST "http:\S+\/f" with fields "lang" \(select\) and buttons "Deutsch", "English"/,
  );
});

test('a form that creates an account is not sent', async () => {
  const error = await failure(loginPage('sign-up').replace(/<p>.*<\/p>/, ''), ADA);
  expect(error.code).toBe('page-not-drivable');
});

test('a page that is no HTML is not searched for forms', async () => {
  const page = {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ html: '<form><input name=a><button>Allow</button></form>' }),
  };
  const error = await failure(page);
  expect(error.code).toBe('page-not-drivable');
  expect(error.message).toContain('it is application/json, expected HTML');
});

test('an error page is quoted with its status and title', async () => {
  const error = await failure({
    status: 400,
    body: '<title>Oops</title><h1>We are sorry</h1><form><button>Continue</button></form>',
  });
  expect(error.code).toBe('page-error');
  expect(error.message).toMatch(/^"Oops" at .* status 400: "We are sorry Continue"; expected/);
});

test('an OAuth error in JSON is quoted', async () => {
  const error = await failure({
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: '{"error":"invalid_client","error_description":"unknown \\u001b[31mclient"}',
  });
  expect(error.code).toBe('page-error');
  expect(error.message).toContain(': "invalid_client" ("unknown client");');
});

test.each([
  ['interaction-login', {}, '"login" (text), "password" (password)', '--username, --password'],
  ['interaction-login', { username: 'ada' }, '"password" (password)', '--password'],
  ['one-time-code', ADA, '"digits" (text)', '--otp-command'],
])('%s with %j says what is missing', async (name, options, fields, advice) => {
  const error = await failure(loginPage(name), options);
  expect(error.code).toBe('credentials-missing');
  expect(error.message).toContain(`asks for ${fields}`);
  expect(error.message).toContain(`give ${advice}`);
});

test('a required field we know nothing of is named with its option', async () => {
  const error = await failure(
    '<form method="post"><input name="tenant" required><input type="password" name="p"><button>Log in</button></form>',
    ADA,
  );
  expect(error.code).toBe('credentials-missing');
  expect(error.message).toContain('give --form tenant=…');
});

test('pages without end are left after the twelfth', async () => {
  let count = 0;
  const site = await openSite({
    'GET /authorize': () =>
      `<title>Page ${++count}</title><a href="/authorize?${count}">Continue</a>`,
  });
  const error = await consentErrorOf(travel(`${site.origin}/authorize`));
  expect(error.code).toBe('too-many-pages');
  expect(error.message).toContain('12 pages were driven');
  expect(site.seen).toHaveLength(13);
});

test('redirects without end are left after the twentieth', async () => {
  const site = await openSite({ 'GET /authorize': redirect('/authorize') });
  const error = await consentErrorOf(travel(`${site.origin}/authorize`));
  expect(error.code).toBe('too-many-redirects');
  expect(site.seen).toHaveLength(21);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'app://callback?code=c',
])('a redirect to %s is refused and its query is not quoted', async (location) => {
  const error = await failure(redirect(location));
  expect(error.code).toBe('unsafe-url');
  expect(error.message).not.toContain('code=c');
});

test('a form that posts to a script address is refused', async () => {
  const error = await failure(
    '<form method="post" action="javascript:steal()"><input name="user"><input type="password" name="p"><button>Log in</button></form>',
    ADA,
  );
  expect(error.code).toBe('unsafe-url');
});

test.each([307, 308])(
  'what was typed is not posted on to another origin after %i',
  async (status) => {
    const other = await openSite({ 'POST /collect': 'thanks' });
    const site = await openSite({
      'GET /authorize': loginPage('realm-login'),
      'POST /realm/authenticate': redirect(`${other.origin}/collect`, status),
    });
    const error = await consentErrorOf(travel(`${site.origin}/authorize`, ADA));
    expect(error.code).toBe('credentials-withheld');
    expect(other.seen).toEqual([]);
  },
);

test.each([307, 308])('a consent without anything typed is posted on after %i', async (status) => {
  const other = await openSite({ 'POST /collect': { status: 418, body: 'tea' } });
  const site = await openSite({
    'GET /authorize': loginPage('zulassen'),
    'POST /zugriff': redirect(`${other.origin}/collect`, status),
  });
  await consentErrorOf(travel(`${site.origin}/authorize`));
  expect(other.seen.map(({ body }) => body)).toEqual(['b=2']);
});

test('a 307 to our own listener delivers the post, as evidence', async () => {
  const listener = await openSite({ 'POST /callback': 'done' });
  const site = await openSite({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': redirect(`${listener.origin}/callback?code=c`, 307),
  });
  const tools = heardTools(`${listener.origin}/callback`);
  await form(ADA).approve(`${site.origin}/authorize`, tools);
  expect(listener.seen.map(({ path, body }) => [path, body.includes('username=ada')])).toEqual([
    ['/callback?code=c', true],
  ]);
});

test('a callback that the listener does not accept ends the journey: the listener tells why', async () => {
  const listener = await openSite({ 'GET /callback': { status: 400, body: 'wrong state' } });
  const site = await openSite({ 'GET /authorize': redirect(`${listener.origin}/callback?code=c`) });
  const tools = heardTools(`${listener.origin}/callback`);
  expect(await form().approve(`${site.origin}/authorize`, tools)).toBeUndefined();
  expect(listener.seen).toHaveLength(1);
});
