/** Why the token endpoint refused, from its error code and from what was sent. */
import { quoted } from '../oauth/quoted.ts';
import { formOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { verifierMatches } from '../trace/secret.ts';
import type { View } from '../trace/view.ts';
import type { Explanation } from './cause-explanation.ts';
import { disputeOf } from './client-authentication.ts';
import { entryOf, whatPlaceSaid } from './evidence.ts';
import { requestBefore } from './front-channel.ts';
import { errorOf } from './token-error.ts';

/** Explains a refused token request; undefined for one that was answered with success. */
export function explainTokenRefusal(view: View, exchange: Exchange): Explanation | undefined {
  const status = exchange.response?.status ?? 0;
  const error = errorOf(exchange);
  if (status < 400 && error === undefined) return undefined;
  const explain = entryOf(BY_ERROR, error ?? '');
  if (explain) return explain(view, exchange);
  return {
    message: `token exchange failed: ${said(exchange)}, expected 200 and a token`,
    fault: 'authorization-server',
    fix:
      BY_STATUS[status] ??
      (status >= 500
        ? 'The authorization server failed: its log has the reason.'
        : 'Return an OAuth error code that says what is wrong with the request; until then only the server’s log can tell.'),
  };
}

const ELSEWHERE =
  'Nothing answers token requests there: correct token_endpoint in the metadata, and let it take POST.';

const BY_STATUS: Readonly<Record<number, string>> = {
  404: ELSEWHERE,
  405: ELSEWHERE,
  501: ELSEWHERE,
  429: 'The authorization server limits requests: wait, or raise the limit for its token endpoint.',
};

const BY_ERROR: Readonly<Record<string, (view: View, exchange: Exchange) => Explanation>> = {
  invalid_client: (view, exchange) => ({
    message: disputeOf(view, exchange),
    fault: 'authorization-server',
    fix: 'Let registration and token endpoint agree on one authentication method, and check that the client is still known.',
  }),
  invalid_grant: explainInvalidGrant,
  invalid_request: simple(
    'Compare the form in the trace with what the description names: a parameter is missing, repeated or malformed.',
  ),
  invalid_scope: simple(
    'Grant the scopes that were approved, or leave out what may not be granted.',
  ),
  invalid_target: simple(
    'Let the authorization server accept the URL of the MCP server as resource (RFC 8707).',
  ),
  unauthorized_client: simple(
    'Allow this client the grant it uses: its registration has to list it in grant_types.',
  ),
  unsupported_grant_type: simple('Support the grant type, and list it in grant_types_supported.'),
  invalid_dpop_proof: simple(
    'The server wants a DPoP proof, which MCP clients do not send: allow Bearer tokens for them.',
  ),
};

function simple(fix: string): (view: View, exchange: Exchange) => Explanation {
  return (_, exchange) => ({
    message: `token exchange failed: ${said(exchange)}, expected 200 and a token`,
    fault: 'authorization-server',
    fix,
  });
}

/** A code or refresh token was refused: look for what the client itself did wrong first. */
function explainInvalidGrant(view: View, exchange: Exchange): Explanation {
  const form = formOf(exchange);
  const asked = requestBefore(view, exchange)?.parameters;
  const challenge = asked?.get('code_challenge');
  const verifier = form.get('code_verifier');
  const message = `token exchange failed: ${said(exchange)}`;
  if (form.has('assertion')) return explainAssertion(message);
  if (form.get('grant_type') === 'refresh_token')
    return {
      message: `${message}, expected the newest refresh token to be good`,
      fault: 'authorization-server',
      fix: 'See why the refresh token was refused: expired, replaced by a newer one, revoked, or issued to another client_id.',
    };
  if (challenge && verifier && !verifierMatches(verifier, challenge))
    return {
      message: `${message}: PKCE fails, the code_verifier sent does not hash to the code_challenge of the request`,
      fault: 'client',
      fix: 'Send the verifier whose S256 hash went into this very authorization request.',
    };
  if (
    asked &&
    form.get('redirect_uri') !== null &&
    form.get('redirect_uri') !== asked.get('redirect_uri')
  )
    return {
      message: `${message}: redirect_uri is ${quoted(form.get('redirect_uri'))}, in the authorization request it was ${quoted(asked.get('redirect_uri'))}`,
      fault: 'client',
      fix: 'Send the redirect_uri of the authorization request unchanged.',
    };
  return {
    message: `${message} although verifier and redirect_uri are those of the authorization request, expected 200 and a token`,
    fault: 'authorization-server',
    fix: 'Check how the server verifies PKCE (BASE64URL of SHA-256 of code_verifier, without padding, equals code_challenge), that codes live for some seconds, are kept where every instance sees them, and are bound to this client_id and redirect_uri.',
  };
}

function explainAssertion(message: string): Explanation {
  return {
    message: `${message}, expected the assertion to be good`,
    fault: 'authorization-server',
    fix: 'See what the server has against the assertion: its issuer has to be trusted there, aud has to name that server, exp must not be past, and sub has to be known.',
  };
}

function said(exchange: Exchange): string {
  return whatPlaceSaid(exchange, 'the token endpoint');
}
