import { expect, test } from 'vitest';
import { form } from '../../src/consent/form.ts';
import { consentErrorOf, heardTools, loginPage, travel } from './support/journey.ts';
import { openSite, type Reply, redirect, type Seen, type Site } from './support/site.ts';

const ADA = { username: 'ada@example.com', password: 'correct horse' };

/** Sends the user to the redirect URI that the first request named. */
function toCallback(site: () => Site, status = 302): () => Reply {
  return () => {
    const query = new URL(site().seen[0]?.path ?? '', 'http://x').searchParams;
    return redirect(`${query.get('redirect_uri')}?code=c&state=${query.get('state')}`, status);
  };
}

/** A site whose `/authorize` shows a page, and what the driver must reach afterwards. */
async function open(routes: (done: () => Reply) => Parameters<typeof openSite>[0]): Promise<Site> {
  let site: Site;
  site = await openSite(routes(toCallback(() => site)));
  return site;
}

function authorize(site: Site): (redirectUri: string) => string {
  return (redirectUri) =>
    `${site.origin}/authorize?response_type=code&state=s1&redirect_uri=${encodeURIComponent(redirectUri)}`;
}

function bodyOf(seen: Seen | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(seen?.body));
}

test('logs in at a realm and presses Yes, never No', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': redirect('/realm/consent'),
    'GET /realm/consent': loginPage('realm-consent'),
    'POST /realm/consent': done,
  }));
  const { listener, result } = await travel(authorize(site), ADA);
  const [login] = site.at('POST /realm/authenticate');
  expect(login?.path).toBe('/realm/authenticate?session_code=s1&execution=e1&tab_id=t1');
  expect(bodyOf(login)).toEqual({ ...ADA, credentialId: '', login: 'Sign In' });
  expect(bodyOf(site.at('POST /realm/consent')[0])).toEqual({ code: 'c0nsent', accept: 'Yes' });
  expect(listener.seen.map(({ path }) => path)).toEqual(['/callback?code=c&state=s1']);
  expect(result).toBeUndefined();
});

test('quotes what a page says when it refuses the login', async () => {
  const site = await open(() => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': loginPage('realm-refused'),
  }));
  const error = await consentErrorOf(travel(authorize(site), ADA));
  expect(error.code).toBe('login-refused');
  expect(error.message).toContain('Invalid username or password.');
  expect(site.at('POST /realm/authenticate')).toHaveLength(1);
});

test('a refusal may come with status 401 and the form again', async () => {
  const site = await open(() => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': { status: 401, body: loginPage('realm-refused') },
  }));
  expect((await consentErrorOf(travel(authorize(site), ADA))).code).toBe('login-refused');
});

test('a refusal may be a bare sentence with status 401', async () => {
  const site = await open(() => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': { status: 401, body: 'Bad credentials' },
  }));
  const error = await consentErrorOf(travel(authorize(site), ADA));
  expect(error.code).toBe('login-refused');
  expect(error.message).toContain('Bad credentials');
});

test('a refusal that echoes the password is quoted without it', async () => {
  const site = await open(() => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': ({ body }) => ({
      status: 401,
      body: `no user with ${new URLSearchParams(body).get('password')}`,
    }),
  }));
  const error = await consentErrorOf(travel(authorize(site), ADA));
  expect(error.message).toContain('no user with …');
  expect(error.message).not.toContain(ADA.password);
});

test('a login page may come with status 401', async () => {
  const site = await open((done) => ({
    'GET /authorize': { status: 401, body: loginPage('realm-login') },
    'POST /realm/authenticate': done,
  }));
  const { listener } = await travel(authorize(site), ADA);
  expect(listener.seen).toHaveLength(1);
});

test('drives an interaction whose consent only says to continue', async () => {
  let posts = 0;
  const site = await open((done) => ({
    'GET /authorize': loginPage('interaction-login'),
    'POST /interaction/fX3_kQ9': () => (posts++ === 0 ? redirect('/resume', 303) : done()),
    'GET /resume': loginPage('interaction-consent'),
  }));
  const { listener } = await travel(authorize(site), ADA);
  expect(site.at('POST /interaction/fX3_kQ9').map(bodyOf)).toEqual([
    { prompt: 'login', login: ADA.username, password: ADA.password },
    { prompt: 'consent' },
  ]);
  expect(listener.seen).toHaveLength(1);
});

test('keeps the token of a form that posts to its own address, then passes the refusing button', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('csrf-login'),
    'POST /authorize': (seen) =>
      seen.body.includes('password=') ? loginPage('refuse-first') : done(),
  }));
  await travel(authorize(site), ADA);
  const [login, consent] = site.at('POST /authorize');
  expect(login?.path).toBe(site.seen[0]?.path);
  expect(bodyOf(login)).toEqual({
    csrfmiddlewaretoken: 'tok/en+=1',
    login: ADA.username,
    password: ADA.password,
    next: '/o/authorize/?a=1&b=2',
  });
  expect(bodyOf(consent)).toMatchObject({ scope: 'read write', allow: 'Authorize' });
});

test('passes a form that stands in for DELETE, whatever its button says', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('refuse-form'),
    'POST /oauth/authorize': done,
  }));
  await travel(authorize(site));
  expect(site.at('POST /oauth/authorize').map(bodyOf)).toEqual([
    { _token: 'csrf', state: 's', auth_token: 'once' },
  ]);
});

test('asks for the one-time password where a page wants one', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('email'),
    'POST /authn/email': loginPage('one-time-code'),
    'POST /authn/code': done,
  }));
  await travel(authorize(site), { username: ADA.username, otp: async () => '402911' });
  expect(bodyOf(site.at('POST /authn/email')[0])).toEqual({ 'field-1': ADA.username });
  expect(bodyOf(site.at('POST /authn/code')[0])).toEqual({ digits: '402911' });
});

test('an aborted run does not wait for the one-time password', async () => {
  const site = await open(() => ({ 'GET /authorize': loginPage('one-time-code') }));
  const controller = new AbortController();
  const tools = { ...heardTools('http://127.0.0.1:9/callback'), signal: controller.signal };
  const otp = (): Promise<string> => {
    controller.abort(new Error('stopped'));
    return new Promise(() => {});
  };
  await expect(form({ otp }).approve(`${site.origin}/authorize`, tools)).rejects.toThrow('stopped');
});

test('types the name first and the password on the next page', async () => {
  const site = await open((done) => ({
    'GET /authorize': redirect('/u/login/identifier?state=hKFo2SBP'),
    'GET /u/login/identifier': loginPage('identifier-first'),
    'POST /u/login/identifier': redirect('/u/login/password?state=hKFo2SBP'),
    'GET /u/login/password': loginPage('password-second'),
    'POST /u/login/password': done,
  }));
  await travel(authorize(site), ADA);
  expect(bodyOf(site.at('POST /u/login/identifier')[0])).toEqual({
    state: 'hKFo2SBP',
    username: ADA.username,
    'js-available': 'false',
    action: 'default',
  });
  expect(bodyOf(site.at('POST /u/login/password')[0])).toMatchObject({ password: ADA.password });
});

test('the same login at another origin is a new login, not a refusal', async () => {
  const upstream = await openSite({
    'GET /login': loginPage('interaction-login'),
    'POST /interaction/fX3_kQ9': (seen) => redirect(`${seen.headers.origin && back}/back`),
  });
  let back = '';
  const site = await open((done) => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': redirect(`${upstream.origin}/login`),
    'GET /back': done,
  }));
  back = site.origin;
  const { listener } = await travel(authorize(site), ADA);
  expect(listener.seen).toHaveLength(1);
});

test('of many forms the login form is sent, with its own button', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('many-forms'),
    'POST /session': done,
  }));
  await travel(authorize(site), ADA);
  expect(bodyOf(site.at('POST /session')[0])).toEqual({
    email: ADA.username,
    password: ADA.password,
    way: 'password',
  });
});

test('ticks scopes, leaves wishes, and turns the answer from no to yes', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('scopes'),
    'POST /consent': done,
  }));
  await travel(authorize(site));
  expect([...new URLSearchParams(site.at('POST /consent')[0]?.body)]).toEqual([
    ['scope', 'read'],
    ['scope', 'write'],
    ['decision', 'allow'],
    ['duration', 'year'],
    ['note', 'line one\r\nline two'],
  ]);
});

test('given fields go before what the page proposes', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('scopes'),
    'POST /consent': done,
  }));
  await travel(authorize(site), { fields: { duration: 'A day', remember: '1', scope: 'read' } });
  expect([...new URLSearchParams(site.at('POST /consent')[0]?.body)]).toEqual([
    ['scope', 'read'],
    ['remember', '1'],
    ['decision', 'allow'],
    ['duration', 'day'],
    ['note', 'line one\r\nline two'],
  ]);
});

test('finds the approving word in another language', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('zulassen'),
    'POST /zugriff': done,
  }));
  await travel(authorize(site));
  expect(bodyOf(site.at('POST /zugriff')[0])).toEqual({ b: '2' });
});

test('follows a link that approves', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('approve-link'),
    'GET /approve': done,
  }));
  await travel(authorize(site));
  expect(site.seen.map(({ path }) => path.split('?')[0])).toEqual(['/authorize', '/approve']);
});

test('the text the user named is pressed, whatever it means to us', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('zulassen'),
    'POST /zugriff': done,
  }));
  await travel(authorize(site), { approve: 'ablehnen' });
  expect(bodyOf(site.at('POST /zugriff')[0])).toEqual({ b: '1' });
});

test("chooses the user's own account of several", async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('accounts'),
    'POST /choose': done,
  }));
  await travel(authorize(site), ADA);
  expect(bodyOf(site.at('POST /choose')[0])).toEqual({ account: '2' });
});

test('a page that sends itself on is sent without a click', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('form-post'),
    'POST /continue': done,
  }));
  await travel(authorize(site));
  const [sent] = site.at('POST /continue');
  expect(bodyOf(sent)).toEqual({ SAMLResponse: 'PHNhbWw+', RelayState: 'r&s' });
  expect(sent?.headers['sec-fetch-user']).toBeUndefined();
});

test('a lone hidden form whose script stands elsewhere is sent too', async () => {
  const site = await open((done) => ({
    'GET /authorize':
      '<script src="/send.js"></script><form method="post" action="/on"><input type="hidden" name="a" value="1"></form>',
    'POST /on': done,
  }));
  await travel(authorize(site));
  expect(bodyOf(site.at('POST /on')[0])).toEqual({ a: '1' });
});

test('a script on a consent page does not take the button from its form', async () => {
  const site = await open((done) => ({
    'GET /authorize':
      '<form method="post" action="/on"><input type="hidden" name="a" value="1"><button name="ok" value="1">Allow</button></form><script>track(() => form.submit())</script>',
    'POST /on': done,
  }));
  await travel(authorize(site));
  expect(bodyOf(site.at('POST /on')[0])).toEqual({ a: '1', ok: '1' });
});

test('a form that posts itself to the callback arrives as a post', async () => {
  const site = await openSite({
    'GET /authorize': ({ path }) =>
      `<body onload="document.forms[0].submit()"><form method="post" action="${new URL(path, 'http://x').searchParams.get('redirect_uri')}"><input type="hidden" name="code" value="c"><input type="hidden" name="state" value="s1"></form>`,
  });
  const { listener, result } = await travel(authorize(site));
  expect(listener.seen.map(({ method, body }) => [method, body])).toEqual([
    ['POST', 'code=c&state=s1'],
  ]);
  expect(result).toBeUndefined();
});

test.each([
  ['meta', { body: '<meta http-equiv="Refresh" content="0; URL=\'/next?a=1\'">' }],
  ['header', { body: 'moving', headers: { refresh: '0;url=/next?a=1' } }],
])('a refresh by %s is followed', async (_, page) => {
  const site = await open((done) => ({ 'GET /authorize': page, 'GET /next': done }));
  const { listener } = await travel(authorize(site));
  expect(site.at('GET /next').map(({ path }) => path)).toEqual(['/next?a=1']);
  expect(listener.seen).toHaveLength(1);
});

test('a refresh that ends the session later does not go before the form', async () => {
  const site = await open((done) => ({
    'GET /authorize': `<meta http-equiv="refresh" content="600;url=/timeout">${loginPage('realm-login')}`,
    'POST /realm/authenticate': done,
  }));
  await travel(authorize(site), ADA);
  expect(site.at('GET /timeout')).toEqual([]);
});

test('a form opened between table rows is sent with its fields', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('table-form'),
    'POST /old': done,
  }));
  await travel(authorize(site), { ...ADA, fields: { usr: 'ada' } });
  expect(bodyOf(site.at('POST /old')[0])).toEqual({ usr: 'ada', pwd: ADA.password });
});

test('where no listener takes the callback its URL is handed over', async () => {
  const site = await openSite({
    'GET /authorize': redirect('http://127.0.0.1:1/callback?code=c&state=s'),
  });
  const tools = heardTools('http://127.0.0.1:1/callback');
  const result = await form().approve(`${site.origin}/authorize`, tools);
  expect(result).toBe('http://127.0.0.1:1/callback?code=c&state=s');
});

test('says what it types and presses, without the values', async () => {
  const site = await open((done) => ({
    'GET /authorize': loginPage('realm-login'),
    'POST /realm/authenticate': done,
  }));
  const { tools } = await travel(authorize(site), ADA);
  expect(tools.said).toEqual([
    `"Sign in to Demo" (${site.origin}/authorize): types username, password, presses "Sign In"`,
  ]);
});

test('every request but the callback stands in the trace, each led to by the one before', async () => {
  const site = await open((done) => ({
    'GET /authorize': redirect('/login'),
    'GET /login': loginPage('realm-login'),
    'POST /realm/authenticate': done,
  }));
  const { tools } = await travel(authorize(site), ADA);
  expect(
    tools.http.asked.map(({ channel, causedBy, recorded }) => [channel, causedBy, recorded]),
  ).toEqual([
    ['front', null, true],
    ['front', 1, true],
    ['front', 2, true],
    ['front', 3, false],
  ]);
});
