import { randomInt } from 'node:crypto';
import { type Answer, type Inbound, redirect } from '../../answer.ts';
import {
  FOREIGN_POST,
  issueCode,
  NOTHING_WAITS,
  readRequest,
  sendBack,
} from '../../authorization.ts';
import type { AuthorizationRequest } from '../../authorization-request.ts';
import type { AuthorizationServer } from '../../authorization-server.ts';
import { createExpiring, type Expiring } from '../../expiring.ts';
import { readForm } from '../../form.ts';
import { type Html, html } from '../../html.ts';
import { linkTo, page } from '../../pages.ts';
import { randomToken, sameSecret } from '../../random.ts';
import type { Route } from '../../router.ts';
import { scopeMeanings } from '../../scopes.ts';
import { isOwnPost, type Session } from '../../sessions.ts';

/** Sends a mail. */
export type Send = (mail: { to: string; subject: string; text: string }) => Promise<unknown>;

interface Visit {
  readonly server: AuthorizationServer;
  /** Addresses of those who may log in. */
  readonly approved: readonly string[];
  readonly send: Send;
  /** One-time passwords that were sent, by session. */
  readonly sent: Expiring<Sent>;
}

interface Sent {
  readonly email: string;
  readonly password: string;
  /** Attempts that are left. */
  readonly left: number;
}

const EMAIL_PATH = '/authn/authenticate/email';
const OTP_PATH = '/authn/authenticate/email/otp';
const CONSENT_PATH = '/authn/consent';
const OTP_SECONDS = 300;
const ATTEMPTS = 3;

/** Authorization by proof of owning an e-mail address, then by consent. */
export function emailLoginRoutes(
  server: AuthorizationServer,
  approved: readonly string[],
  send: Send,
): readonly Route[] {
  const sent = createExpiring<Sent>(server.realm.now, OTP_SECONDS);
  const visit: Visit = { server, approved, send, sent };
  return [
    { path: '/oauth/v2/oauth-authorize', methods: { GET: (inbound) => authorize(visit, inbound) } },
    form(visit, EMAIL_PATH, emailForm, takeEmail),
    form(visit, OTP_PATH, otpForm, takeOtp),
    form(visit, CONSENT_PATH, consentForm, takeDecision),
  ];
}

async function authorize({ server }: Visit, inbound: Inbound): Promise<Answer> {
  const request = await readRequest(server, inbound);
  if ('kind' in request) return request;
  const session = server.sessions.open(inbound);
  const waiting = randomToken();
  session.waiting.set(waiting, request);
  const next = session.user ? CONSENT_PATH : EMAIL_PATH;
  return redirect('authorize', linkTo(next, { waiting }), [server.sessions.cookie(session)]);
}

/** A form at work: whose it is, and which request waits behind it. */
interface At {
  readonly visit: Visit;
  readonly session: Session;
  readonly waiting: string;
  readonly request: AuthorizationRequest;
}

type Show = (at: At) => Html;
type Take = (at: At, fields: URLSearchParams) => Answer | Promise<Answer>;

function form(visit: Visit, path: string, show: Show, take: Take): Route {
  const { sessions } = visit.server;
  const at = (session: Session, waiting: string | null): At | undefined => {
    const request = session.waiting.get(waiting ?? '');
    return request && { visit, session, waiting: waiting ?? '', request };
  };
  return {
    path,
    methods: {
      GET: (inbound) => {
        const here = at(sessions.open(inbound), inbound.url.searchParams.get('waiting'));
        return here ? page(200, around(path, here, show(here))) : NOTHING_WAITS;
      },
      POST: (inbound) => {
        const session = sessions.open(inbound);
        const fields = readForm(inbound);
        if (!isOwnPost(session, inbound, fields)) return FOREIGN_POST;
        const here = at(session, fields.get('waiting'));
        return here ? take(here, fields) : NOTHING_WAITS;
      },
    },
  };
}

function around(path: string, { session, waiting }: At, content: Html, problem?: string): Html {
  return html`${problem === undefined ? undefined : html`<p role="alert">${problem}</p>`}
<form method="post" action="${path}">
<input type="hidden" name="csrf" value="${session.csrf}">
<input type="hidden" name="waiting" value="${waiting}">
${content}
</form>`;
}

function emailForm(): Html {
  return html`<h1>Log in with your e-mail address</h1>
<label>E-mail address
<input type="email" name="email" autocomplete="email" required autofocus></label>
<button type="submit">Next</button>`;
}

/** Everybody goes on to the next page: who is approved is nobody's business. */
async function takeEmail(
  { visit, session, waiting }: At,
  fields: URLSearchParams,
): Promise<Answer> {
  const email = fields.get('email')?.trim().toLowerCase() ?? '';
  const password = String(randomInt(1_000_000)).padStart(6, '0');
  visit.sent.set(session.id, { email, password, left: ATTEMPTS });
  if (visit.approved.includes(email))
    await visit.send({
      to: email,
      subject: 'Your one-time password',
      text: `Your one-time password is ${password}. It is good for five minutes.`,
    });
  return redirect('page', linkTo(OTP_PATH, { waiting }));
}

function otpForm(): Html {
  return html`<h1>Enter the one-time password</h1>
<p>If your address is approved, you have mail.</p>
<label>One-time password
<input name="otp" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
<button type="submit">Verify</button>`;
}

function takeOtp(at: At, fields: URLSearchParams): Answer {
  const { visit, session, waiting } = at;
  const sent = visit.sent.take(session.id);
  if (!sent) return redirect('page', linkTo(EMAIL_PATH, { waiting }));
  const { email, password, left } = sent;
  const isGood = sameSecret(password, fields.get('otp') ?? '') && visit.approved.includes(email);
  if (!isGood) {
    if (left > 1) visit.sent.set(session.id, { ...sent, left: left - 1 });
    return page(403, around(OTP_PATH, at, otpForm(), 'This one-time password is wrong.'));
  }
  const { sessions } = visit.server;
  const known = sessions.logIn(session, { name: email, password: '', email });
  return redirect('page', linkTo(CONSENT_PATH, { waiting }), [sessions.cookie(known)]);
}

function consentForm({ visit, request }: At): Html {
  const meanings = scopeMeanings(visit.server.realm);
  const { client, scopes, redirectUri } = request;
  return html`<h1>${client.metadata.client_name ?? client.id} asks for access</h1>
<ul>
${scopes.map((scope) => html`<li>${meanings[scope]} <code>${scope}</code></li>`)}
</ul>
<p>The answer goes to <code>${new URL(redirectUri).host}</code>.</p>
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="cancel">Cancel</button>`;
}

function takeDecision({ visit, session, waiting, request }: At, fields: URLSearchParams): Answer {
  if (!session.user) return redirect('page', linkTo(EMAIL_PATH, { waiting }));
  session.waiting.delete(waiting);
  return fields.get('decision') === 'allow'
    ? sendBack(visit.server, request, { code: issueCode(visit.server, session.user.name, request) })
    : sendBack(visit.server, request, {
        error: 'access_denied',
        error_description: 'the user denied access',
      });
}
