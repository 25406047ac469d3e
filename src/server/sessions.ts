import { headerValues } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';
import type { Inbound } from './answer.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { createExpiring, type Expiring } from './expiring.ts';
import { randomToken, sameSecret } from './random.ts';
import type { User } from './users.ts';

/** One browser's visit. */
export interface Session {
  readonly id: string;
  /** Stands in every form; a post without it did not come from our pages. */
  readonly csrf: string;
  readonly user?: User;
  /** Authorization requests that wait for the user, by the key their pages carry. */
  readonly waiting: Expiring<AuthorizationRequest>;
}

/** The browsers that are here. */
export interface Sessions {
  /** The session of the request's cookie, else a new one. */
  readonly open: (inbound: Inbound) => Session;
  /** The same visit under a new id, so that nobody planted the old one. */
  readonly logIn: (session: Session, user: User) => Session;
  /** The header that gives the session to the browser. */
  readonly cookie: (session: Session) => Header;
}

const COOKIE = 'reference_session';
const SESSION_SECONDS = 3600;
const REQUEST_SECONDS = 600;

/**
 * @param isSecure true when the pages are served over TLS
 * @param name the cookie's: the ports of a host share their cookies, so two servers need two names
 */
export function createSessions(now: () => number, isSecure: boolean, name = COOKIE): Sessions {
  const sessions = createExpiring<Session>(now, SESSION_SECONDS);
  const keep = (session: Session): Session => {
    sessions.set(session.id, session);
    return session;
  };
  return {
    open: (inbound) =>
      sessions.get(cookieOf(inbound, name) ?? '') ??
      keep({
        id: randomToken(),
        csrf: randomToken(),
        waiting: createExpiring<AuthorizationRequest>(now, REQUEST_SECONDS),
      }),
    logIn: (session, user) => {
      sessions.delete(session.id);
      return keep({ ...session, id: randomToken(), csrf: randomToken(), user });
    },
    cookie: ({ id }) => [
      'set-cookie',
      `${name}=${id}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
    ],
  };
}

/** Whether a form was rendered for this session and posted from our own origin. */
export function isOwnPost(
  session: Session,
  inbound: Inbound,
  form: URLSearchParams | undefined,
): form is URLSearchParams {
  const [host] = headerValues(inbound.headers, 'host');
  const own = `${inbound.url.protocol}//${host}`;
  const origins = headerValues(inbound.headers, 'origin');
  return (
    form !== undefined &&
    origins.every((origin) => origin === own) &&
    sameSecret(session.csrf, form.get('csrf') ?? '')
  );
}

function cookieOf(inbound: Inbound, name: string): string | undefined {
  return headerValues(inbound.headers, 'cookie')
    .flatMap((value) => value.split(/; */))
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
