/** Refusals of a registration or a login that are known from real servers. */
import {
  all,
  type Change,
  callbackQuery,
  type Fault,
  fault,
  jsonBody,
  on,
  status,
  text,
} from './fault.ts';

function unregistered(code: number, error: string, description: string): Change {
  return on('registration', all(status(code), jsonBody({ error, error_description: description })));
}

/** A page of the authorization endpoint: nobody is sent back. */
function page(words: string): Change {
  return on('authorize', all(status(400), text(`<!doctype html><p>${words}</p>`, 'text/html')));
}

/** The user is sent back with an error in place of the code. */
function sentBackWith(error: string): Change {
  return on(
    'callback',
    callbackQuery(
      (query) =>
        new URLSearchParams([['error', error], ...[...query].filter(([name]) => name !== 'code')]),
    ),
  );
}

export const REFUSAL_FAULTS: readonly Fault[] = [
  fault(
    'dcr-trusted-hosts-policy',
    'registers only clients that call from a listed host',
    unregistered(
      403,
      'insufficient_scope',
      "Policy 'Trusted Hosts' rejected request to client-registration service",
    ),
  ),
  fault(
    'dcr-rate-limited',
    'turns registrations away as too many',
    unregistered(429, 'temporarily_unavailable', 'too many registrations'),
  ),
  fault(
    'dcr-unknown-grant-or-missing-default',
    'refuses to register a client that names a grant it does not offer',
    unregistered(400, 'invalid_client_metadata', 'grant_types may not contain refresh_token'),
  ),
  fault(
    'dcr-client-name-policy',
    'registers only clients with a listed name',
    unregistered(403, 'invalid_client_metadata', 'client_name is not on the list'),
  ),
  fault(
    'resource-param-rejected',
    'refuses an authorization request that names the resource',
    sentBackWith('invalid_target'),
  ),
  fault(
    'invalid-scope',
    'refuses the scopes that its metadata lists',
    sentBackWith('invalid_scope'),
  ),
  fault(
    'stale-client-id',
    'has forgotten the client it has just registered',
    page('Unknown client: the client_id is not registered here.'),
  ),
  fault(
    'redirect-uri-mismatch-after-dcr',
    'refuses the redirect URI it has just registered',
    page('The redirect_uri does not match a registered one.'),
  ),
];
