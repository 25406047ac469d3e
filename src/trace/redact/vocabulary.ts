/** Telling drawn secrets from the words that traces are written in. */

/** What stands in every trace, so a secret that is part of it cannot be told apart from it. */
const PUBLIC_TEXT = `
access_token_received refresh_token_received claims auth_code_received authorization_endpoint authorization_servers
code_challenge_methods_supported client_id_issued_at client_secret_expires_at token_endpoint_auth_method
registration_endpoint revocation_endpoint introspection_endpoint userinfo_endpoint jwks_uri
token_endpoint_auth_methods_supported response_types_supported grant_types_supported scopes_supported
bearer_methods_supported resource_metadata resource_documentation error_description error_uri
redirect_uris response_types grant_types client_name client_uri software_id software_version
authorization_code refresh_token client_credentials client_secret_basic client_secret_post private_key_jwt
urn:ietf:params:oauth:grant-type:token-exchange urn:ietf:params:oauth:grant-type:jwt-bearer
code_verifier code_challenge state nonce username password passwd passcode email name address given_name family_name
cookie set-cookie authorization proxy-authorization basic_credentials proxy_credentials url_credentials
session_id mcp-session-id dpop_proof dpop_nonce form_token secret secrets registration_access_token device_code user_code
assertion client_assertion subject_token actor_token logout_token id_token_hint saml_response saml_request api_key
credentials header software_statement phone_number picture profile birthdate
content-type application/json text/event-stream text/html; charset=utf-8 application/x-www-form-urlencoded
cache-control no-store no-cache max-age keep-alive connection transfer-encoding chunked content-length
user-agent accept-encoding accept-language host location www-authenticate origin referer
bearer dpop openid profile offline_access https:// http://localhost:8000/mcp 127.0.0.1 callback
/.well-known/oauth-protected-resource /.well-known/oauth-authorization-server /.well-known/openid-configuration
/authorize /token /register /revoke /introspect /login /consent /userinfo /signin /oauth2 /oauth
jsonrpc method params result initialize notifications/initialized protocolversion capabilities clientinfo serverinfo
tools/list tools/call inputschema description properties required object string number integer boolean array
undefined null true false default public private invalid_request invalid_client invalid_grant invalid_token
insufficient_scope unauthorized_client unsupported_grant_type access_denied server_error temporarily_unavailable
seen_by sent_by trace_version metadata server_url timestamp duration_ms total_requests revision consent source lenient insecure
redacted options client_id_given scope_given authorization_server_given sequence_summary outcome failed_step reason
get post put patch delete options
seen_by sent_by completed failed refused open interrupted skipped exchanges challenge resource-metadata server-metadata registration
token call refresh cleanup trace_log channel caused_by started_at timing dns_ms connect_ms tls_ms wait_ms receive_ms total_ms
remote_address http_version reused protocol cipher authorized authorization_error certificate subject issuer
valid_from valid_to request response headers status failure phase message media_type base64 truncated sha256
mcp-oauth-trace claude-desktop claude desktop claude code self-test length alphabet unreserved visible-ascii
`;

/** True for a value that is part of the vocabulary every trace is written in. */
export function isPublicWord(value: string): boolean {
  return PUBLIC_TEXT.includes(value.toLowerCase());
}

const WORD = '[a-z]{1,14}';
const WORDS = new RegExp(`^(?:${WORD}(?:_${WORD})*|[A-Z]{1,14}(?:_[A-Z]{1,14})*|[A-Z]${WORD})$`);

/** True for `invalid_request`, `Bearer`, `GET`: an identifier somebody wrote, not one that was drawn. */
export function isWord(value: string): boolean {
  return value.length <= 40 && WORDS.test(value);
}

/** True for what looks drawn by a machine: long enough, of mixed characters, no words or paths. */
export function looksRandom(value: string): boolean {
  if (value.length < 8 || !/^[\w.~+/=:-]+$/.test(value) || value.includes('://')) return false;
  const classes = [/\d/, /[a-z]/, /[A-Z]/].filter((pattern) => pattern.test(value)).length;
  if (classes < 2 || value.length < (classes === 3 ? 8 : 12)) return false;
  return (
    entropyOf(value) * value.length >= 36 &&
    !/^(?:\d+|[a-z]+)(?:[-_./:](?:\d+|[a-z]+))*$/.test(value)
  );
}

/** Shannon entropy in bits per character. */
function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / value.length;
    return sum - share * Math.log2(share);
  }, 0);
}
