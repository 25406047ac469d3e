/** What each step of the sequence is: shown while it runs, and by `explain`. */
import {
  mcp,
  oauth21,
  type Reference,
  rfc6749,
  rfc6750,
  rfc7009,
  rfc7591,
  rfc7592,
  rfc7636,
  rfc8252,
  rfc8414,
  rfc8707,
  rfc9110,
  rfc9126,
  rfc9207,
  rfc9728,
} from './references.ts';

/** A step, told to somebody who does not know the protocol. */
interface StepPage {
  readonly title: string;
  /** What it is for. */
  readonly about: string;
  readonly sent: string;
  /** What has to come back for the flow to go on. */
  readonly expected: string;
  /** Such an exchange, in brief. */
  readonly example: string;
  /** What goes wrong most, and how it looks to a user. */
  readonly trouble: string;
  readonly spec: readonly Reference[];
}

/** Every step, by its id. */
export const STEPS = {
  challenge: {
    title: 'Ask without a token',
    about:
      'The client talks to the MCP server as if no login were needed, and is told where to log in.',
    sent: 'POST to the MCP URL without an Authorization header: initialize, or server/discover in 2026-07-28; then tools/list and the tool of --call, until one of them is refused.',
    expected:
      'Status 401 with a Bearer challenge that points at the metadata and names the scope to ask for.',
    example: `POST /mcp

HTTP/1.1 401 Unauthorized
WWW-Authenticate: Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp", scope="notes.read"`,
    trouble:
      'Another status than 401, no challenge, or a proxy, a firewall or a login page that answers first: clients report a failed connection, and no login begins. Where nothing is refused, the run ends here with exit code 4.',
    spec: [
      mcp('2025-11-25', 'basic/authorization#protocol-requirements'),
      rfc6750('3'),
      rfc9110('11.6.1'),
    ],
  },
  'resource-metadata': {
    title: 'Read the protected resource metadata',
    about:
      'The client learns which authorization server protects the MCP server, and by which name tokens are asked for. 2025-03-26 has no such document: there nothing is sent.',
    sent: 'GET of the URL that the challenge names; without one, of /.well-known/oauth-protected-resource with the path of the MCP URL behind it, then without that path.',
    expected:
      'Status 200 and a JSON object: resource is the MCP URL, authorization_servers names an issuer.',
    example: `GET /.well-known/oauth-protected-resource/mcp

{ "resource": "https://api.example.com/mcp",
  "authorization_servers": ["https://login.example.com"],
  "scopes_supported": ["notes.read", "notes.write"] }`,
    trouble:
      'The address wants a token, redirects or serves a web page; resource has another host, scheme or closing slash than the URL the user typed. A client has to stop over a document about another resource: a token could end up at the wrong server.',
    spec: [rfc9728('3'), rfc9728('5.1')],
  },
  'server-metadata': {
    title: 'Read the authorization server metadata',
    about:
      'The client learns the endpoints of the authorization server and what it supports: PKCE, ways to register, ways to authenticate.',
    sent: 'GET at the issuer: /.well-known/oauth-authorization-server with the path of the issuer behind it, since 2025-11-25 also /.well-known/openid-configuration before and behind that path. Without resource metadata, at the origin of the MCP server.',
    expected:
      'Status 200 and a JSON object: issuer is, character by character, the one that was named; endpoints are https URLs; S256 is among the PKCE methods.',
    example: `GET /.well-known/oauth-authorization-server

{ "issuer": "https://login.example.com",
  "authorization_endpoint": "https://login.example.com/authorize",
  "token_endpoint": "https://login.example.com/token",
  "registration_endpoint": "https://login.example.com/register",
  "response_types_supported": ["code"],
  "code_challenge_methods_supported": ["S256"] }`,
    trouble:
      'issuer differs by a slash or a host, PKCE is supported and not listed, or no document is found at all. Clients give up before a browser opens, most of them without saying why.',
    spec: [
      rfc8414('3'),
      mcp('2025-11-25', 'basic/authorization#authorization-server-metadata-discovery'),
    ],
  },
  registration: {
    title: 'Register the client',
    about: 'The client gets the client_id that it asks for tokens with.',
    sent: 'POST of its name, redirect URIs and grants to registration_endpoint. Nothing is posted with --client-id, with a client kept by --client-cache, or with --client-metadata-url where the server takes such documents.',
    expected:
      'Status 201 with a client_id and the redirect URIs, grants and authentication method that were registered.',
    example: `POST /register
{ "client_name": "Example", "redirect_uris": ["http://127.0.0.1:33418/callback"],
  "grant_types": ["authorization_code", "refresh_token"],
  "token_endpoint_auth_method": "none" }

HTTP/1.1 201 Created
{ "client_id": "s6BhdRkqt3", "redirect_uris": ["http://127.0.0.1:33418/callback"], … }`,
    trouble:
      'The endpoint is missing, closed or picky about redirect URIs, names and grants; or it registers something else than was asked for, which breaks a later step. Hosted clients then say that they could not register.',
    spec: [rfc7591('3.1'), rfc7591('3.2'), rfc8252('7.3')],
  },
  authorization: {
    title: 'Let the user approve',
    about:
      'The user logs in and approves, in a browser or through the forms that --username fills in. Grants without a user have nothing to do here.',
    sent: 'The browser opens authorization_endpoint with client_id, redirect_uri, scope, state, the PKCE challenge and, since 2025-06-18, resource. Login and consent pages follow.',
    expected:
      'A redirect to the client with code, the same state and, where it is advertised, the iss of the authorization server.',
    example: `GET /authorize?response_type=code&client_id=…&redirect_uri=…&state=…
    &code_challenge=…&code_challenge_method=S256&resource=https%3A%2F%2Fapi.example.com%2Fmcp

HTTP/1.1 303 See Other
Location: http://127.0.0.1:33418/callback?code=…&state=…&iss=https%3A%2F%2Flogin.example.com`,
    trouble:
      'The client or its redirect URI is not known, scope or resource is refused, a page cannot be left, or the callback is not what was promised. The user sees an error page or a browser that waits.',
    spec: [oauth21('4.1.1'), rfc7636('4.3'), rfc8707('2.1'), rfc9126('2'), rfc9207('2.4')],
  },
  token: {
    title: 'Exchange the authorization code for tokens',
    about: 'The client turns the code into an access token and, mostly, a refresh token.',
    sent: 'POST of a form to token_endpoint: the code, the PKCE verifier, the same redirect_uri, resource, and the client’s authentication.',
    expected: 'Status 200, not to be stored, with access_token, token_type Bearer and expires_in.',
    example: `POST /token
grant_type=authorization_code&code=…&code_verifier=…&redirect_uri=…&client_id=…

HTTP/1.1 200 OK
Cache-Control: no-store
{ "access_token": "…", "token_type": "Bearer", "expires_in": 3600,
  "refresh_token": "…", "scope": "notes.read" }`,
    trouble:
      'The client authenticates in another way than the server expects (invalid_client), PKCE or the redirect URI does not fit (invalid_grant), or the answer is no JSON. The user has approved and is asked to log in again.',
    spec: [rfc6749('4.1.3'), rfc7636('4.5'), rfc8707('2.2')],
  },
  call: {
    title: 'Call the MCP server with the token',
    about: 'The client uses the token: handshake, list of tools, and the tool of --call.',
    sent: 'POST to the MCP URL with Authorization: Bearer. A refusal for want of scope leads back to the user’s approval, three times at most.',
    expected: 'Status 200 with JSON-RPC results, as JSON or as events.',
    example: `POST /mcp
Authorization: Bearer …
{ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }

HTTP/1.1 200 OK
{ "jsonrpc": "2.0", "id": 2, "result": { "tools": […] } }`,
    trouble:
      'A proxy drops the header, the server expects another audience, issuer or key, a session is lost between two instances, or a firewall knows the client by its name. Login looked perfect, and the client says that it was refused.',
    spec: [mcp('2025-11-25', 'basic/authorization#access-token-usage'), rfc6750('2.1')],
  },
  refresh: {
    title: 'Refresh the token and call again',
    about:
      'What a client does an hour later, done at once: a new access token from the refresh token, and a call with it. Skipped where no refresh token came.',
    sent: 'POST of a form to token_endpoint: the refresh token, resource, and the client’s authentication; then the handshake and tools/list with the new token.',
    expected: 'Status 200 with a new access token; for a public client a new refresh token too.',
    example: `POST /token
grant_type=refresh_token&refresh_token=…&client_id=…&resource=https%3A%2F%2Fapi.example.com%2Fmcp

HTTP/1.1 200 OK
{ "access_token": "…", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "…" }`,
    trouble:
      'The refresh token is refused, not replaced, or gives a token with another audience. Everything works at first, and users have to log in again every hour.',
    spec: [rfc6749('6'), oauth21('4.3'), rfc8707('2.2')],
  },
  cleanup: {
    title: 'Revoke the tokens and delete the client',
    about:
      'The run leaves nothing behind where the server lets it. It also does so after a failure; --keep leaves everything.',
    sent: 'POST of each token to revocation_endpoint, and DELETE of the client at its registration_client_uri, where the server named them.',
    expected: 'Status 200 for a token, 204 for the client.',
    example: `POST /revoke
token=…&token_type_hint=refresh_token&client_id=…

DELETE /register/s6BhdRkqt3
Authorization: Bearer …

HTTP/1.1 204 No Content`,
    trouble:
      'The server offers neither: tokens stay valid until they expire, and each run leaves a client behind. That is noted and fails nothing; dcr-no-cleanup of the step registration speaks of it.',
    spec: [rfc7009('2.1'), rfc7592('2.3')],
  },
} as const satisfies Readonly<Record<string, StepPage>>;
