/** Why a login did not end in a code. */
import { quoted } from '../oauth/quoted.ts';
import type { Exchange } from '../trace/schema.ts';
import type { Explanation, Failed } from './cause-explanation.ts';
import { adviceOn } from './denial.ts';
import { entryOf, explanationOf, whatPlaceSaid } from './evidence.ts';
import { callbacks } from './front-channel.ts';
import { isTakenForForged, type Proof, refusedProof } from './login.ts';

/** Explains a failed authorization; without an exchange, one that happened out of sight. */
export function explainAuthorization(failed: Failed, exchange?: Exchange): Explanation {
  const { view, reason } = failed;
  const proof = exchange && refusedProof(view, exchange);
  if (proof) return { message: reason, fault: 'user', fix: REFUSED[proof] };
  if (exchange && isFormRefused(exchange))
    return {
      message: `authorization failed: ${whatPlaceSaid(exchange, 'the authorization server')}, expected the form to be taken for its own`,
      fault: 'deployment',
      fix: UNTRUSTED_FORM,
    };
  const callback = callbacks(view).findLast((one) => one.exchange === exchange);
  const error = callback?.parameters.get('error') ?? undefined;
  const status = exchange?.response?.status ?? 0;
  if (!exchange || (!error && (callback || status < 400)))
    return unfinished(failed, { status, hasCallback: callback !== undefined });
  const words = callback
    ? (callback.parameters.get('error_description') ?? '')
    : explanationOf(exchange);
  return {
    message: callback
      ? `authorization failed: the callback carries error ${quoted(error)}${words ? ` (${quoted(words)})` : ''}, expected a code`
      : `authorization failed: ${whatPlaceSaid(exchange, 'the authorization server')}, expected a page or a redirect`,
    fault: 'authorization-server',
    ...(/client/i.test(words) && error !== 'access_denied'
      ? { fix: UNKNOWN_CLIENT }
      : adviceOn(view, { exchange, error, status, description: words })),
  };
}

const REFUSED: Readonly<Record<Proof, string>> = {
  password:
    'Check the user name and the password that were given (--username; --password or OAUTH_TEST_PASSWORD), and that this user can log in at that server.',
  otp: 'Check that the one-time password that was given (--otp-command) is the newest one of this user.',
};

/** A form was sent, and the server says that another site sent it. */
function isFormRefused(exchange: Exchange): boolean {
  const { request, response } = exchange;
  return request.method === 'POST' && (response?.status ?? 0) >= 400 && isTakenForForged(exchange);
}

const UNTRUSTED_FORM =
  'The server takes the form for one that another site sent. Behind a proxy, let it know its public origin (X-Forwarded-Proto and -Host, or a list of trusted origins), and see that the cookies of the page before come back to it.';

const UNKNOWN_CLIENT =
  'The server does not know this client_id: the registration failed or was lost. Look in the server’s log, and register again.';

/** Nobody refused anything, and no code came. */
function unfinished(
  { view, reason }: Failed,
  { status, hasCallback }: { readonly status: number; readonly hasCallback: boolean },
): Explanation {
  const { consent, options } = view.trace.metadata;
  const message = `authorization did not end in a code: ${reason}`;
  const server = (fix: string): Explanation => ({ message, fault: 'authorization-server', fix });
  if (options?.grant === 'device_code')
    return server(
      'Add device_authorization_endpoint to the metadata where the device grant is offered; else use the code grant.',
    );
  if (hasCallback)
    return server(
      'Redirect to the client with code and state, or with an error that says why not.',
    );
  if (status >= 300)
    return server(
      'Follow the redirects in the trace: the last one should lead to a page or back to the client.',
    );
  return { message, fault: 'user', fix: entryOf(BY_CONSENT, consent) ?? LAST_PAGE };
}

const LAST_PAGE = 'Follow the pages in the trace to the last page and see what it waits for.';

const BY_HAND =
  'Run again and approve before the time is up; --consent-timeout gives more of it. If the browser showed an error in place of a page to approve, the authorization server refused there: with --username the pages are recorded.';

/** What whoever runs it can do, by the way of approving. */
const BY_CONSENT: Readonly<Record<string, string>> = {
  form: 'Give what the last page asks for: --username, --password, --form name=value, --approve with the text of the button. A page that only works in a browser can be approved by hand with --consent browser.',
  browser: `${BY_HAND} If it ended at an address that it could not open, as over SSH or in a container, use --consent paste.`,
  print: `${BY_HAND} If it ended at an address that it could not open, as over SSH or in a container, use --consent paste.`,
  paste:
    'Paste the whole address at which the browser ends up, code and state included, also where it shows that it cannot open it; --consent-timeout gives more time. If the browser showed an error in place of a page to approve, the authorization server refused there: with --username the pages are recorded.',
  command:
    'Run the consent command by hand with the authorization URL as its last argument: it has to follow the pages to the redirect URI and end with exit code 0.',
};
