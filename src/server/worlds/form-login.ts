import type { Answer, Inbound } from '../answer.ts';
import { FOREIGN_POST, issueCode, readRequest, sendBack } from '../authorization.ts';
import type { AuthorizationRequest } from '../authorization-request.ts';
import type { AuthorizationServer } from '../authorization-server.ts';
import { readForm } from '../form.ts';
import { type Html, html } from '../html.ts';
import { page } from '../pages.ts';
import type { Route } from '../router.ts';
import { isOwnPost } from '../sessions.ts';

/** How the login form looks. */
export interface FormLogin {
  readonly title: string;
  /** Where an account can be made, if anywhere. */
  readonly signUpPath?: string;
}

/**
 * An authorization endpoint that is its own login page: the form posts to the very URL it stands
 * at, and a good password is all the consent there is.
 */
export function formLoginRoutes(server: AuthorizationServer, look: FormLogin): readonly Route[] {
  const show = async (inbound: Inbound): Promise<Answer> => {
    const request = await readRequest(server, inbound);
    return 'kind' in request ? request : loginPage(server, inbound, look);
  };
  const submit = async (inbound: Inbound): Promise<Answer> => {
    const request = await readRequest(server, inbound);
    return 'kind' in request ? request : logIn(server, inbound, request, look);
  };
  return [{ path: '/authorize', methods: { GET: show, POST: submit } }];
}

function logIn(
  server: AuthorizationServer,
  inbound: Inbound,
  request: AuthorizationRequest,
  look: FormLogin,
): Answer {
  const form = readForm(inbound);
  if (!isOwnPost(server.sessions.open(inbound), inbound, form)) return FOREIGN_POST;
  const user = server.users.authenticate(form.get('username') ?? '', form.get('password') ?? '');
  if (!user) return loginPage(server, inbound, look, 'Wrong user name or password.');
  return sendBack(server, request, { code: issueCode(server, user.name, request) });
}

function loginPage(
  { sessions }: AuthorizationServer,
  inbound: Inbound,
  look: FormLogin,
  problem?: string,
): Answer {
  const session = sessions.open(inbound);
  const content = html`<h1>${look.title}</h1>
${problem === undefined ? undefined : html`<p role="alert">${problem}</p>`}
<form method="post" action="${inbound.url.pathname + inbound.url.search}">
<input type="hidden" name="csrf" value="${session.csrf}">
<label>User name
<input name="username" autocomplete="username" required autofocus></label>
<label>Password
<input type="password" name="password" autocomplete="current-password" required></label>
<button type="submit">Log in</button>
</form>
${signUpLink(look)}`;
  return page(problem === undefined ? 200 : 401, content, [sessions.cookie(session)]);
}

function signUpLink({ signUpPath }: FormLogin): Html | undefined {
  return signUpPath === undefined
    ? undefined
    : html`<p>New here? <a href="${signUpPath}">Create an account</a></p>`;
}
