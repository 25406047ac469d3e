/** Facts of what goes through the user's browser: the authorization request and the callback. */
import { queryOf } from '../../trace/body.ts';
import { stringMember, type View } from '../../trace/view.ts';
import { type FactFinder, type FactRow, row } from './fact.ts';

/** What each parameter of an authorization request is for. */
const PARAMETERS: Readonly<Record<string, string>> = {
  response_type: 'what shall come back: an authorization code',
  client_id: 'who asks',
  redirect_uri: 'where the user is sent back to',
  scope: 'what the user shall allow',
  state: 'comes back unchanged: ties the callback to this request',
  nonce: 'comes back inside the ID token',
  code_challenge: 'hash of a secret that only the client knows (PKCE)',
  code_challenge_method: 'how that hash is made',
  resource: 'the server that the token shall be for (RFC 8707)',
  prompt: 'whether the user is asked again',
  request_uri: 'a request that was pushed before (RFC 9126)',
  response_mode: 'how the answer comes back',
};

/** What the user is asked to allow. */
export const authorizationFacts: FactFinder = (exchange, view) => {
  const query = queryOf(exchange);
  const rows = [...query].flatMap(([name, value]) =>
    row(
      name,
      value,
      PARAMETERS[name],
      name === 'code_challenge_method' && value !== 'S256' ? 'bad' : undefined,
    ),
  );
  const lacking = query.has('code_challenge') || query.has('request_uri') ? [] : LACKS_PKCE;
  return [
    { title: 'What is asked for', rows: [...rows, ...lacking] },
    { title: 'Where the scope comes from', rows: scopeRows(view) },
  ];
};

const LACKS_PKCE: readonly FactRow[] = [
  { name: 'PKCE', value: 'none', note: 'whoever catches the code can use it', tone: 'bad' },
];

function scopeRows(view: View): readonly FactRow[] {
  const challenged = view.anonymousCalls
    .flatMap(({ response }) => response?.headers ?? [])
    .filter(([name]) => name.toLowerCase() === 'www-authenticate')
    .map(([, value]) => /\bscope="([^"]*)"/.exec(value)?.[1])
    .find((scope) => scope !== undefined);
  return [
    ...row('Asked by the challenge', challenged),
    ...row('Known to the MCP server', listOf(view.resourceMetadata?.document.scopes_supported)),
    ...row(
      'Known to the authorization server',
      listOf(view.serverMetadata?.document.scopes_supported),
    ),
  ];
}

/** What came back, held against what was sent. */
export const callbackFacts: FactFinder = (exchange, view) => {
  const query = queryOf(exchange);
  const request = view.authorizations.findLast(({ id }) => id < exchange.id);
  const sent = request && queryOf(request).get('state');
  const issuer = stringMember(view.serverMetadata?.document, 'issuer');
  return [
    {
      title: 'What came back',
      rows: [
        ...row('Code', query.get('code'), 'to be exchanged for tokens, once'),
        ...compared('State', query.get('state'), sent, 'the one that was sent'),
        ...compared('Issuer', query.get('iss'), issuer, 'the issuer of the metadata (RFC 9207)'),
        ...row('Error', query.get('error'), query.get('error_description') ?? undefined, 'bad'),
      ],
    },
  ];
};

function compared(
  name: string,
  value: string | null,
  expected: string | null | undefined,
  what: string,
): readonly FactRow[] {
  if (value === null) return [];
  if (expected === null || expected === undefined) return row(name, value);
  return value === expected
    ? row(name, value, what, 'good')
    : row(name, value, `not ${what}, which is ${expected}`, 'bad');
}

function listOf(value: unknown): string | undefined {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === 'string').join(' ')
    : undefined;
}
