import { createHash } from 'node:crypto';
import type { Header } from '../trace/schema.ts';
import { type Answer, NO_STORE } from './answer.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { type Html, html } from './html.ts';
import { SCOPE_MEANINGS } from './scopes.ts';
import type { Session } from './sessions.ts';

/** What every form of a visit carries. */
export interface FormState {
  readonly session: Session;
  /** The authorization request that waits behind the page, if one does. */
  readonly waiting?: string | undefined;
  /** What went wrong with the last post. */
  readonly problem?: string | undefined;
}

/** The login page: user name or e-mail address, and password. */
export function loginPage(state: FormState): Html {
  return html`<h1>Log in</h1>
${problemOf(state)}
<form method="post" action="/login">
${hiddenOf(state)}
<label>User name or e-mail address
<input name="username" autocomplete="username" required autofocus></label>
<label>Password
<input type="password" name="password" autocomplete="current-password" required></label>
<button type="submit">Log in</button>
</form>
<p>No account yet? <a href="${linkTo('/signup', state)}">Create an account</a></p>`;
}

/** The sign-up page. */
export function signupPage(state: FormState): Html {
  return html`<h1>Create an account</h1>
${problemOf(state)}
<form method="post" action="/signup">
${hiddenOf(state)}
<label>User name
<input name="username" autocomplete="username" required maxlength="64"></label>
<label>E-mail address
<input type="email" name="email" autocomplete="email" required></label>
<label>Password
<input type="password" name="password" autocomplete="new-password" required minlength="8"></label>
<button type="submit">Create account</button>
</form>
<p>Already here? <a href="${linkTo('/login', state)}">Log in</a></p>`;
}

/** The consent page: who asks for what, and where the answer goes. */
export function consentPage(
  state: FormState,
  request: AuthorizationRequest,
  meanings: Readonly<Record<string, string>> = SCOPE_MEANINGS,
): Html {
  const { client, scopes, redirectUri } = request;
  return html`<h1>Allow access?</h1>
<p><strong>${client.metadata.client_name ?? client.id}</strong> asks to</p>
<ul>
${scopes.map((scope) => html`<li>${meanings[scope]} <code>${scope}</code></li>`)}
</ul>
<p>You are logged in as <strong>${state.session.user?.name}</strong>.
The answer goes to <code>${new URL(redirectUri).host || redirectUri}</code>.</p>
<form method="post" action="/consent">
${hiddenOf(state)}
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>`;
}

/** A page that only says something. */
export function notePage(title: string, text: string): Html {
  return html`<h1>${title}</h1>
<p>${text}</p>`;
}

/** The answer that carries a page. */
export function page(status: number, content: Html, headers: readonly Header[] = []): Answer {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${titleOf(content)}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
  return {
    kind: 'page',
    status,
    headers: [
      ['content-type', 'text/html; charset=utf-8'],
      ...NO_STORE,
      ...PAGE_PROTECTION,
      ...headers,
    ],
    body: document.html,
  };
}

/** A page is called what its heading says: a user with many tabs tells them by that. */
function titleOf({ html: text }: Html): Html {
  return { html: /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? 'Reference server' };
}

const STYLE =
  ':root{color-scheme:light dark;background:Canvas;color:CanvasText}' +
  'body{font:16px/1.5 system-ui,sans-serif;margin:10vh auto;max-width:26rem;padding:0 1rem}' +
  'h1{font-size:1.6rem;line-height:1.25}' +
  'label{display:block;margin:.8rem 0}' +
  'input{display:block;width:100%;box-sizing:border-box;margin-top:.2rem;padding:.5rem .6rem;font:inherit}' +
  'button{margin:.6rem .6rem 0 0;padding:.5rem 1.2rem;font:inherit}' +
  '[role=alert],.error{color:light-dark(#b00020,#ff8a94);font-weight:600}';

/**
 * No frames and no scripts. `form-action` stays out: browsers apply it to the redirect after a
 * post as well, and the callback would be blocked.
 */
const PAGE_PROTECTION: readonly Header[] = [
  [
    'content-security-policy',
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
      "base-uri 'none'; frame-ancestors 'none'",
  ],
  ['x-frame-options', 'DENY'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
];

/** A page's address, with the request that waits behind it. */
export function linkTo(path: string, { waiting }: Pick<FormState, 'waiting'>): string {
  return waiting === undefined ? path : `${path}?${new URLSearchParams({ waiting })}`;
}

function hiddenOf({ session, waiting }: FormState): Html {
  return html`<input type="hidden" name="csrf" value="${session.csrf}">
${waiting === undefined ? undefined : html`<input type="hidden" name="waiting" value="${waiting}">`}`;
}

function problemOf({ problem }: FormState): Html | undefined {
  return problem === undefined ? undefined : html`<p role="alert">${problem}</p>`;
}
