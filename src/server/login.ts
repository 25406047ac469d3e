import { type Answer, type Inbound, redirect } from './answer.ts';
import { FOREIGN_POST } from './authorization.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { readForm } from './form.ts';
import { linkTo, loginPage, notePage, page, signupPage } from './pages.ts';
import type { Route } from './router.ts';
import { isOwnPost } from './sessions.ts';

/** Login and account pages. */
export function loginRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    {
      path: '/login',
      methods: {
        GET: (inbound) => showForm(server, inbound, loginPage),
        POST: (inbound) => logIn(server, inbound),
      },
    },
    {
      path: '/signup',
      methods: {
        GET: (inbound) => showForm(server, inbound, signupPage),
        POST: (inbound) => signUp(server, inbound),
      },
    },
  ];
}

function showForm(
  { sessions }: AuthorizationServer,
  inbound: Inbound,
  form: typeof loginPage,
): Answer {
  const session = sessions.open(inbound);
  const waiting = inbound.url.searchParams.get('waiting') ?? undefined;
  return page(200, form({ session, waiting }), [sessions.cookie(session)]);
}

function logIn({ sessions, users }: AuthorizationServer, inbound: Inbound): Answer {
  const session = sessions.open(inbound);
  const form = readForm(inbound);
  if (!isOwnPost(session, inbound, form)) return FOREIGN_POST;
  const waiting = form.get('waiting') ?? undefined;
  const user = users.authenticate(form.get('username') ?? '', form.get('password') ?? '');
  if (!user) {
    const problem = 'User name or password is wrong.';
    return page(403, loginPage({ session, waiting, problem }));
  }
  const cookie = sessions.cookie(sessions.logIn(session, user));
  return waiting === undefined
    ? page(200, notePage('Logged in', `You are logged in as ${user.name}.`), [cookie])
    : redirect('page', linkTo('/consent', { waiting }), [cookie]);
}

function signUp({ sessions, users }: AuthorizationServer, inbound: Inbound): Answer {
  const session = sessions.open(inbound);
  const form = readForm(inbound);
  if (!isOwnPost(session, inbound, form)) return FOREIGN_POST;
  const waiting = form.get('waiting') ?? undefined;
  const name = form.get('username')?.trim() ?? '';
  const email = form.get('email')?.trim() ?? '';
  const password = form.get('password') ?? '';
  const problem = accountProblem(name, email, password);
  if (problem) return page(422, signupPage({ session, waiting, problem }));
  if (!users.add({ name, email, password }))
    return page(409, signupPage({ session, waiting, problem: 'This account already exists.' }));
  return redirect('page', linkTo('/login', { waiting }));
}

function accountProblem(name: string, email: string, password: string): string | undefined {
  if (!/^[^\s@]{1,64}$/.test(name)) return 'A user name has 1 to 64 characters, no blanks, no @.';
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'This is no e-mail address.';
  return password.length >= 8 ? undefined : 'A password needs at least 8 characters.';
}
