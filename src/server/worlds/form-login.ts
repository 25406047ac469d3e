import { randomUUID } from 'node:crypto';
import { type Answer, type Inbound, redirect } from '../answer.ts';
import { FOREIGN_POST } from '../authorization.ts';
import {
  type AuthorizationRequest,
  type Reading,
  type ReturnAddress,
  readAuthorizationRequest,
} from '../authorization-request.ts';
import type { AuthorizationServer } from '../authorization-server.ts';
import { readForm } from '../form.ts';
import { type Html, html } from '../html.ts';
import { notePage, page } from '../pages.ts';
import { withParameters } from '../redirect-uri.ts';
import type { Route } from '../router.ts';
import { isOwnPost } from '../sessions.ts';

/** How the login form looks, and what its answer says. */
export interface FormLogin {
  readonly title: string;
  /** Where an account can be made, if anywhere. */
  readonly signUpPath?: string;
  /** Whether the authorization response names its issuer. @see RFC 9207 */
  readonly namesIssuer: boolean;
}

/**
 * An authorization endpoint that is its own login page: the form posts to the very URL it stands
 * at, and a good password is all the consent there is.
 */
export function formLoginRoutes(server: AuthorizationServer, look: FormLogin): readonly Route[] {
  const show = async (inbound: Inbound): Promise<Answer> => {
    const reading = await read(server, inbound);
    return reading.type === 'valid'
      ? loginPage(server, inbound, look)
      : refused(server, reading, look);
  };
  const submit = async (inbound: Inbound): Promise<Answer> => {
    const reading = await read(server, inbound);
    return reading.type === 'valid'
      ? logIn(server, inbound, reading.request, look)
      : refused(server, reading, look);
  };
  return [{ path: '/authorize', methods: { GET: show, POST: submit } }];
}

function read({ clients, realm }: AuthorizationServer, { url }: Inbound): Promise<Reading> {
  return readAuthorizationRequest(url.searchParams, clients, realm);
}

function refused(
  server: AuthorizationServer,
  reading: Exclude<Reading, { readonly type: 'valid' }>,
  look: FormLogin,
): Answer {
  if (reading.type === 'untrusted') {
    const content = notePage('Not a valid request', reading.description);
    return { ...page(400, content), kind: 'authorize' };
  }
  const { error, description } = reading;
  return sendBack(server, reading.to, { error, error_description: description }, look);
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
  const { client, scopes, resource, redirectUri, challenge, nonce } = request;
  const grant = { id: randomUUID(), clientId: client.id, subject: user.name, scopes, resource };
  const code = server.grants.issueCode({ grant, redirectUri, challenge, nonce });
  return sendBack(server, request, { code }, look);
}

function sendBack(
  { realm }: AuthorizationServer,
  { redirectUri, state }: ReturnAddress,
  parameters: Readonly<Record<string, string>>,
  { namesIssuer }: FormLogin,
): Answer {
  const location = withParameters(redirectUri, {
    ...parameters,
    ...(state !== undefined && { state }),
    ...(namesIssuer && { iss: realm.issuer }),
  });
  return redirect('callback', location);
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
