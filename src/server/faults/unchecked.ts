/** Checks the server leaves out. A well-behaved client never notices: only a probe does. */
import type { Check } from '../realm.ts';
import { type Fault, fault } from './fault.ts';

export const UNCHECKED_FAULTS: readonly Fault[] = [
  omits('authz-redirect-uri-partial-match', 'takes redirect URIs that only begin as registered', [
    'redirect-uri-match',
  ]),
  omits('authz-loopback-port-fixed', 'wants the registered port of a loopback redirect', [
    'redirect-uri-port',
  ]),
  omits('authz-pkce-not-required', 'gives a code without a code challenge', ['pkce']),
  omits('authz-pkce-plain-accepted', 'takes the plain code challenge method', ['pkce-method']),
  omits('cimd-mismatch-accepted', 'takes a client document that speaks for another client', [
    'document-client-id',
  ]),
  omits('cimd-redirect-unchecked', 'takes redirect URIs that a client document does not list', [
    'redirect-uri-match',
  ]),
  omits('token-wrong-verifier-accepted', 'takes any code verifier', ['verifier']),
  omits('token-missing-verifier-accepted', 'needs no code verifier', ['verifier-presence']),
  omits(
    'token-pkce-downgrade-accepted',
    'takes a code verifier where no code challenge was sent',
    ['pkce', 'pkce-downgrade'],
    ['token-pkce-downgrade-accepted', 'authz-pkce-not-required'],
  ),
  omits('token-code-replay-accepted', 'redeems a code again and again', ['code-replay']),
  omits('token-code-replay-not-revoked', 'keeps the tokens of a code that was replayed', [
    'code-replay-revocation',
  ]),
  omits('token-redirect-uri-unchecked', 'redeems a code for another redirect URI', [
    'redirect-uri',
  ]),
  omits('token-client-binding-missing', 'redeems the code of another client', ['client-binding']),
  omits('token-resource-mismatch-accepted', 'redeems a code for another resource', [
    'token-resource',
  ]),
  omits('mcp-token-in-query-accepted', 'takes tokens from the URL', ['query-token']),
  omits('mcp-forged-jwt-accepted', 'reads tokens without checking their signature', ['signature']),
  omits('mcp-expired-token-accepted', 'takes tokens that have expired', ['expiry']),
  omits('mcp-audience-confusion', 'takes tokens for other resources', ['resource', 'audience']),
  omits('mcp-id-token-accepted', 'takes an ID token for an access token', [
    'token-type',
    'audience',
    'scope',
  ]),
  omits('refresh-replay-accepted', 'takes a refresh token again and again', ['refresh-replay']),
  omits('refresh-replay-no-revocation', 'goes on with a grant whose refresh token was replayed', [
    'refresh-replay-revocation',
  ]),
  omits('refresh-scope-escalation', 'gives a refresh more scope than was granted', [
    'refresh-scope',
  ]),
  omits('refresh-client-binding', 'refreshes the tokens of another client', [
    'refresh-client-binding',
  ]),
  omits('revocation-ineffective', 'says that it revokes tokens, and does not', ['revocation']),
  omits('transport-origin-unchecked', 'answers requests from any web page', ['origin']),
  omits('transport-host-rebinding', 'answers to any host name', ['host']),
];

function omits(
  id: string,
  describe: string,
  checks: readonly Check[],
  rules: readonly string[] = [id],
): Fault {
  return fault(id, describe, undefined, { omits: checks, rules, needs: 'probe' });
}
