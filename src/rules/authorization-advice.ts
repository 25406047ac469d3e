/** What an error of the authorization endpoint means and what to do about it. */

import { entryOf } from './evidence.ts';

/** Advice by error code (OAuth 2.1 section 4.1.2.1, RFC 8707 section 2, OpenID Connect Core section 3.1.2.6). */
const BY_ERROR: Readonly<Record<string, string>> = {
  access_denied:
    'Whoever was asked to approve it, or a policy of the authorization server, said no: approve the request, or look in that server’s log for the policy that denied it.',
  invalid_request:
    'A parameter is missing, repeated or not what the server expects: compare the request in the trace with what the description names.',
  invalid_client:
    'The server does not know this client_id: the registration failed or was lost. Look in the server’s log, and register again.',
  unauthorized_client:
    'The client may not use this flow: allow it the authorization_code grant and the "code" response type.',
  invalid_scope:
    'Compare the scopes that were asked for with what the server grants; leave out the rest instead of refusing the request.',
  invalid_target:
    'Let the authorization server accept the URL of the MCP server as resource (RFC 8707).',
  unsupported_response_type: 'Enable the "code" response type.',
  server_error: 'The authorization server failed: its log has the reason.',
  temporarily_unavailable: 'The authorization server is overloaded or down: try again later.',
  login_required: 'The server wants the user to log in: do not send prompt=none.',
  consent_required: 'The server wants the user’s consent: do not send prompt=none.',
  interaction_required: 'The server wants to show a page: do not send prompt=none.',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'The login was refused: check user name and password, or that the authorization page needs no credentials of its own.',
  403: 'The page is forbidden: let the authorization endpoint be reached without credentials, and look for a firewall or a CSRF check in front of it.',
  404: 'Nothing is served there: correct authorization_endpoint in the metadata.',
  405: 'The authorization endpoint must answer GET.',
  501: 'The authorization endpoint must answer GET.',
  429: 'Too many requests: wait, or raise the limit for the authorization endpoint.',
};

/** What to do about a refused authorization, by its error code, else by the status of its page. */
export function authorizationAdvice(error: string | undefined, status: number): string {
  return (
    entryOf(BY_ERROR, error ?? '') ??
    BY_STATUS[status] ??
    (status >= 500
      ? 'The authorization server failed: its log has the reason.'
      : status === 0
        ? 'Redirect to the client with code and state, or with an error that says why not.'
        : 'Read what the page says; a server that will not redirect has found fault with client_id or redirect_uri.')
  );
}
