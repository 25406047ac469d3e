import { type Answer, type Inbound, redirect } from '../answer.ts';
import { FOREIGN_POST } from '../authorization.ts';
import type { AuthorizationServer } from '../authorization-server.ts';
import { readForm } from '../form.ts';
import { html } from '../html.ts';
import { notePage, page } from '../pages.ts';
import type { Route } from '../router.ts';
import { isOwnPost } from '../sessions.ts';

/** A sign-up form of the old sort: a taken name is an error like any other. */
export function accountFormRoutes(server: AuthorizationServer, path: string): readonly Route[] {
  return [
    {
      path,
      methods: {
        GET: (inbound) =>
          inbound.url.searchParams.has('done')
            ? page(200, notePage('Welcome', 'Your account was created. You can log in now.'))
            : formPage(server, inbound, path),
        POST: (inbound) => register(server, inbound, path),
      },
    },
  ];
}

function register(server: AuthorizationServer, inbound: Inbound, path: string): Answer {
  const form = readForm(inbound);
  if (!isOwnPost(server.sessions.open(inbound), inbound, form)) return FOREIGN_POST;
  const [name = '', email = '', password = ''] = ['username', 'email', 'password'].map(
    (field) => form.get(field)?.trim() ?? '',
  );
  if (password !== form.get('confirm_password'))
    return formPage(server, inbound, path, 'The passwords differ.');
  if (!name || !email.includes('@') || password.length < 8)
    return formPage(server, inbound, path, 'A password needs at least 8 characters.');
  return server.users.add({ name, email, password })
    ? redirect('page', `${path}?done`)
    : page(400, notePage('Registration failed', 'Registration failed - user might already exist'));
}

function formPage(
  { sessions }: AuthorizationServer,
  inbound: Inbound,
  path: string,
  problem?: string,
): Answer {
  const session = sessions.open(inbound);
  const content = html`<h1>Register</h1>
${problem === undefined ? undefined : html`<p class="error">${problem}</p>`}
<form method="post" action="${path}">
<input type="hidden" name="csrf" value="${session.csrf}">
<label>Username <input name="username" required></label>
<label>Email <input name="email" required></label>
<label>Password <input type="password" name="password" required></label>
<label>Confirm password <input type="password" name="confirm_password" required></label>
<button type="submit">Register</button>
</form>`;
  return page(problem === undefined ? 200 : 400, content, [sessions.cookie(session)]);
}
