/** Deviations of the authorization endpoint and its response. */
import {
  type Change,
  callbackQuery,
  type Fault,
  fault,
  headerText,
  on,
  sentBack,
  status,
  when,
} from './fault.ts';

type Pairs = readonly (readonly [string, string])[];

/** The parameters of the authorization response, made from the right ones. */
function response(edit: (query: URLSearchParams) => Pairs): Change {
  return on(
    'callback',
    callbackQuery(
      (query) =>
        new URLSearchParams(edit(query).map(([name, value]) => [name, value] as [string, string])),
    ),
  );
}

export const AUTHORIZATION_FAULTS: readonly Fault[] = [
  fault(
    'authz-request-failed',
    'fails once the user has approved',
    response((query) => [
      ['error', 'server_error'],
      ...[...query].filter(([name]) => name !== 'code'),
    ]),
  ),
  fault(
    'authz-state-mismatch',
    'changes the state',
    response((query) => edited(query, 'state', (state) => `${state}x`)),
  ),
  fault(
    'authz-iss-missing',
    'leaves out the iss parameter it advertises',
    response((query) => [...query].filter(([name]) => name !== 'iss')),
  ),
  fault(
    'authz-iss-mismatch',
    'ends the iss parameter with a slash',
    response((query) => edited(query, 'iss', (issuer) => `${issuer}/`)),
  ),
  fault(
    'authz-response-duplicate-params',
    'sends the iss parameter twice',
    response((query) => [...query, ['iss', query.get('iss') ?? '']]),
  ),
  fault(
    'authz-response-in-fragment',
    'puts the response into the fragment',
    on(
      'callback',
      headerText('location', (location) => location.replace('?', '#')),
    ),
  ),
  fault(
    'authz-redirect-preserves-post',
    'redirects so that the browser posts its form on to the client',
    on('callback', status(307)),
  ),
  fault(
    'consent-csp-form-action',
    'lets its pages send forms to itself alone, which stops the redirect behind them',
    on(
      'page',
      headerText('content-security-policy', (policy) => `${policy}; form-action 'self'`),
    ),
  ),
  fault(
    'cimd-advertised-but-rejected',
    'refuses clients whose id is the URL of their metadata, although it offers that',
    on(
      'authorize',
      when(({ url }) => isUrlClient(url), sentBack('invalid_client')),
    ),
    {
      rules: ['cimd-advertised-but-rejected'],
      needs: 'client-metadata-document',
    },
  ),
];

function edited(query: URLSearchParams, name: string, edit: (value: string) => string): Pairs {
  return [...query].map(([key, value]) => [key, key === name ? edit(value) : value]);
}

function isUrlClient({ searchParams }: URL): boolean {
  return /^https?:/.test(searchParams.get('client_id') ?? '');
}
