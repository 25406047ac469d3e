import { randomUUID } from 'node:crypto';
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
import { page } from '../../pages.ts';
import { randomToken } from '../../random.ts';
import type { Route } from '../../router.ts';
import { scopeMeanings } from '../../scopes.ts';
import { isOwnPost, type Session } from '../../sessions.ts';
import type { Upstream, UpstreamTokens } from './upstream.ts';

/** The provider's tokens, by the grant they were obtained for. */
export type Kept = Expiring<UpstreamTokens>;

interface Passage {
  readonly server: AuthorizationServer;
  readonly upstream: Upstream;
  readonly kept: Kept;
  /** Requests whose users are at the provider, by state, each with its browser's session. */
  readonly away: Expiring<{ readonly request: AuthorizationRequest; readonly session: string }>;
}

const AWAY_SECONDS = 600;

/**
 * Authorization by way of somebody else: this server asks for consent itself, once for each client,
 * since the provider knows only this server; then the provider says who the user is.
 */
export function federatedLoginRoutes(
  server: AuthorizationServer,
  upstream: Upstream,
  kept: Kept,
): readonly Route[] {
  const away: Passage['away'] = createExpiring(server.realm.now, AWAY_SECONDS);
  const passage = { server, upstream, kept, away };
  return [
    { path: '/authorize', methods: { GET: (inbound) => askConsent(passage, inbound) } },
    { path: '/consent', methods: { POST: (inbound) => decide(passage, inbound) } },
    { path: '/callback', methods: { GET: (inbound) => comeBack(passage, inbound) } },
  ];
}

async function askConsent({ server }: Passage, inbound: Inbound): Promise<Answer> {
  const request = await readRequest(server, inbound);
  if ('kind' in request) return request;
  const { realm, sessions } = server;
  const session = sessions.open(inbound);
  const waiting = randomToken();
  session.waiting.set(waiting, request);
  const content = consentPage(session, waiting, request, scopeMeanings(realm));
  return page(200, content, [sessions.cookie(session)]);
}

function consentPage(
  { csrf }: Session,
  waiting: string,
  { client, scopes, redirectUri }: AuthorizationRequest,
  meanings: Readonly<Record<string, string>>,
): Html {
  return html`<h1>${client.metadata.client_name ?? client.id} wants to use your to-dos</h1>
<ul>
${scopes.map((scope) => html`<li>${meanings[scope]} <code>${scope}</code></li>`)}
</ul>
<p>They are kept by the <strong>To-dos API</strong>.
The answer goes to <code>${new URL(redirectUri).host}</code>.
You will be asked to log in next.</p>
<form method="post" action="/consent">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="waiting" value="${waiting}">
<button type="submit" name="decision" value="allow">Allow access</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>`;
}

function decide({ server, upstream, away }: Passage, inbound: Inbound): Answer {
  const session = server.sessions.open(inbound);
  const form = readForm(inbound);
  if (!isOwnPost(session, inbound, form)) return FOREIGN_POST;
  const request = session.waiting.take(form.get('waiting') ?? '');
  if (!request) return NOTHING_WAITS;
  if (form.get('decision') !== 'allow')
    return sendBack(server, request, {
      error: 'access_denied',
      error_description: 'the user denied access',
    });
  const { url, state } = upstream.start(request.scopes);
  away.set(state, { request, session: session.id });
  return redirect('page', url);
}

/** The provider's answer counts only in the browser that was sent there. @see RFC 9700 section 4.7 */
async function comeBack(passage: Passage, inbound: Inbound): Promise<Answer> {
  const { server, upstream, kept, away } = passage;
  const answer = inbound.url.searchParams;
  const found = away.take(answer.get('state') ?? '');
  if (!found || found.session !== server.sessions.open(inbound).id) return NOTHING_WAITS;
  const { request } = found;
  const login = await upstream.finish(answer);
  if (typeof login === 'string')
    return sendBack(server, request, { error: 'access_denied', error_description: login });
  const grant = randomUUID();
  kept.set(grant, login.tokens);
  const code = issueCode(server, login.subject, request, grant);
  return sendBack(server, request, { code });
}
