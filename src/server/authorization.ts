import { randomUUID } from 'node:crypto';
import type { Header } from '../trace/schema.ts';
import { type Answer, type Inbound, redirect } from './answer.ts';
import {
  type AuthorizationRequest,
  type ReturnAddress,
  readAuthorizationRequest,
} from './authorization-request.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { readForm } from './form.ts';
import { consentPage, linkTo, notePage, page } from './pages.ts';
import { randomToken } from './random.ts';
import { withParameters } from './redirect-uri.ts';
import type { Route } from './router.ts';
import { scopeMeanings } from './scopes.ts';
import { isOwnPost } from './sessions.ts';

/** The authorization endpoint and the consent page behind it. @see RFC 6749 section 3.1 */
export function authorizationRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    { path: '/authorize', methods: { GET: (inbound) => authorize(server, inbound) } },
    {
      path: '/consent',
      methods: {
        GET: (inbound) => askConsent(server, inbound),
        POST: (inbound) => decide(server, inbound),
      },
    },
  ];
}

async function authorize(server: AuthorizationServer, inbound: Inbound): Promise<Answer> {
  const { sessions } = server;
  const request = await readRequest(server, inbound);
  if ('kind' in request) return request;
  const session = sessions.open(inbound);
  const waiting = randomToken();
  session.waiting.set(waiting, request);
  const next = session.user ? '/consent' : '/login';
  return redirect('authorize', linkTo(next, { waiting }), [sessions.cookie(session)]);
}

/** The authorization request that may be shown to the user, or the answer that refuses it. */
export async function readRequest(
  server: AuthorizationServer,
  { url }: Inbound,
): Promise<AuthorizationRequest | Answer> {
  const { clients, realm } = server;
  const reading = await readAuthorizationRequest(url.searchParams, clients, realm);
  if (reading.type === 'untrusted')
    return {
      ...page(400, notePage('Not a valid request', reading.description)),
      kind: 'authorize',
    };
  if (reading.type === 'refused')
    return sendBack(server, reading.to, {
      error: reading.error,
      error_description: reading.description,
    });
  return reading.request;
}

function askConsent({ sessions, realm }: AuthorizationServer, inbound: Inbound): Answer {
  const session = sessions.open(inbound);
  const waiting = inbound.url.searchParams.get('waiting') ?? '';
  const request = session.waiting.get(waiting);
  if (!request) return NOTHING_WAITS;
  if (!session.user) return redirect('page', linkTo('/login', { waiting }));
  return page(200, consentPage({ session, waiting }, request, scopeMeanings(realm)));
}

function decide(server: AuthorizationServer, inbound: Inbound): Answer {
  const session = server.sessions.open(inbound);
  const form = readForm(inbound);
  if (!isOwnPost(session, inbound, form)) return FOREIGN_POST;
  const request = session.user && session.waiting.take(form.get('waiting') ?? '');
  if (!session.user || !request) return NOTHING_WAITS;
  return form.get('decision') === 'approve'
    ? sendBack(server, request, { code: issueCode(server, session.user.name, request) })
    : sendBack(server, request, {
        error: 'access_denied',
        error_description: 'the user denied access',
      });
}

/** Issues the code for a request that this user approved; its tokens are of the grant with this id. */
export function issueCode(
  { grants }: AuthorizationServer,
  subject: string,
  { client, scopes, resource, redirectUri, challenge, nonce }: AuthorizationRequest,
  id: string = randomUUID(),
): string {
  const grant = { id, clientId: client.id, subject, scopes, resource };
  return grants.issueCode({ grant, redirectUri, challenge, nonce });
}

/** The authorization response, errors included, names its issuer. @see RFC 9207 section 2 */
export function sendBack(
  { realm }: AuthorizationServer,
  { redirectUri, state }: ReturnAddress,
  parameters: Readonly<Record<string, string>>,
): Answer {
  const location = withParameters(redirectUri, {
    ...parameters,
    ...(state !== undefined && { state }),
    iss: realm.issuer,
  });
  return redirect('callback', location, [NO_REFERRER]);
}

const NO_REFERRER: Header = ['referrer-policy', 'no-referrer'];

/** The answer when a page was opened whose request is gone. */
export const NOTHING_WAITS: Answer = page(
  400,
  notePage('Nothing to approve', 'This request has expired or was answered. Start again.'),
);

/** The answer to a form that did not come from this session's pages. */
export const FOREIGN_POST: Answer = page(
  403,
  notePage('Refused', 'This form was not sent from a page of this visit. Start again.'),
);
