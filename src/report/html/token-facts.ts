/** Facts of a token answer: PKCE, scope, lifetime, and what the tokens say of themselves. */
import { formOf, objectOf, queryOf } from '../../trace/body.ts';
import type { Exchange } from '../../trace/schema.ts';
import { verifierMatches } from '../../trace/secret.ts';
import { stringMember, type View } from '../../trace/view.ts';
import { type FactFinder, type FactRow, type FactTable, row } from './fact.ts';

/** What a token request and its answer mean. */
export const tokenFacts: FactFinder = (exchange, view) => [
  { title: 'The grant', rows: grantRows(exchange, view) },
  { title: 'What was issued', rows: issuedRows(exchange, view) },
  ...['access_token', 'id_token'].flatMap((name) => jwtTables(name, exchange, view)),
];

function grantRows(exchange: Exchange, view: View): readonly FactRow[] {
  const form = formOf(exchange);
  const verifier = form.get('code_verifier');
  return [
    ...row('Grant', form.get('grant_type')),
    ...(verifier === null ? [] : [pkceRow(verifier, exchange, view)]),
    ...row('Resource', form.get('resource'), 'whom the token shall be for (RFC 8707)'),
    ...row('Scope asked for', form.get('scope')),
  ];
}

/** RFC 7636 section 4.6: the verifier hashes to the challenge of the authorization request. */
function pkceRow(verifier: string, exchange: Exchange, view: View): FactRow {
  const request = view.authorizations.findLast(({ id }) => id < exchange.id);
  const challenge = request && queryOf(request).get('code_challenge');
  const length = view.secret(verifier).length;
  const value = length > 0 ? `verifier of ${length} characters` : 'verifier';
  if (!request || !challenge)
    return { name: 'PKCE', value, note: 'no challenge was sent that it could answer', tone: 'bad' };
  const isPlain = queryOf(request).get('code_challenge_method') !== 'S256';
  if (isPlain && verifier === challenge)
    return {
      name: 'PKCE',
      value,
      note: 'plain: the challenge is the verifier itself',
      tone: 'bad',
    };
  return verifierMatches(verifier, challenge)
    ? {
        name: 'PKCE',
        value,
        note: `its SHA-256 is the challenge of exchange ${request.id}`,
        tone: 'good',
      }
    : {
        name: 'PKCE',
        value,
        note: `does not hash to the challenge of exchange ${request.id}`,
        tone: 'bad',
      };
}

function issuedRows(exchange: Exchange, view: View): readonly FactRow[] {
  const document = objectOf(exchange.response?.body);
  if (!document || typeof document.access_token !== 'string') return [];
  const request = view.authorizations.findLast(({ id }) => id < exchange.id);
  const asked = request && queryOf(request).get('scope');
  const granted = stringMember(document, 'scope');
  return [
    ...row('Token type', stringMember(document, 'token_type')),
    ...row('Good for', lifetimeOf(document.expires_in)),
    ...row('Scope granted', granted, scopeNote(asked ?? undefined, granted)),
    ...row(
      'Refresh token',
      document.refresh_token === undefined ? 'none' : 'yes',
      document.refresh_token === undefined
        ? 'the user has to come back when the token ends'
        : undefined,
    ),
  ];
}

function scopeNote(asked: string | undefined, granted: string | undefined): string | undefined {
  if (asked === undefined || granted === undefined) return undefined;
  const [before, after] = [new Set(asked.split(' ')), new Set(granted.split(' '))];
  const lost = [...before].filter((scope) => scope !== '' && !after.has(scope));
  const more = [...after].filter((scope) => scope !== '' && !before.has(scope));
  if (lost.length + more.length === 0) return 'all that was asked for';
  return [
    lost.length > 0 ? `not granted: ${lost.join(' ')}` : '',
    more.length > 0 ? `never asked for: ${more.join(' ')}` : '',
  ]
    .filter((text) => text !== '')
    .join('; ');
}

/** Header and claims of a token that is a JWT; its signature is not checked here. */
function jwtTables(name: string, exchange: Exchange, view: View): readonly FactTable[] {
  const token = stringMember(objectOf(exchange.response?.body), name);
  const jwt = token === undefined ? undefined : view.secret(token).jwt;
  if (!jwt) return [];
  const rows = (part: Readonly<Record<string, unknown>>): readonly FactRow[] =>
    Object.keys(part).flatMap((key) =>
      row(key, textOf(part[key]), CLAIMS[key] ?? timeOf(key, part[key])),
    );
  const title = `Inside the ${name.replaceAll('_', ' ')}`;
  return [
    { title: `${title}: header`, rows: rows(jwt.header) },
    { title: `${title}: claims`, rows: rows(jwt.claims) },
  ];
}

const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'who issued it',
  aud: 'whom it is for',
  sub: 'whom it speaks for',
  client_id: 'the client it was given to',
  azp: 'the client it was given to',
  scope: 'what it allows',
  scp: 'what it allows',
  alg: 'how it is signed',
  kid: 'the key it is signed with',
  typ: 'what kind of token it is',
  jti: 'its number',
  cnf: 'the key it is bound to',
};

function timeOf(key: string, value: unknown): string | undefined {
  const isTime = /^(?:exp|iat|nbf|auth_time)$/.test(key) && typeof value === 'number';
  const date = isTime ? new Date(value * 1000) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
}

function lifetimeOf(seconds: unknown): string | undefined {
  if (typeof seconds !== 'number') return seconds === undefined ? 'not said' : textOf(seconds);
  const parts = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const;
  const [size, unit] = parts.find(([length]) => seconds >= length) ?? [1, 'second'];
  const count = Math.round((seconds / size) * 10) / 10;
  return `${seconds} s, ${count} ${unit}${count === 1 ? '' : 's'}`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
}
