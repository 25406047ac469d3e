/** Where the client that was registered differs from the one that asked. */
import { quoted } from '../oauth/quoted.ts';
import { parseScope } from '../oauth/scope.ts';
import { rfc7591 } from '../spec/references.ts';
import type { JsonObject } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, stringsMember } from '../trace/view.ts';
import { atMember, type Deviation } from './evidence.ts';
import { judgeAccepted } from './registration.ts';
import { defineRule, type Rule } from './rule.ts';

const metadataSubstituted = defineRule({
  id: 'dcr-metadata-substituted',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MAY',
  revisions: 'A-D',
  requires: 'A server that registers other values than the client asked for returns them.',
  why: 'It is allowed, and a client has to live with what came back: clients that keep using what they asked for fail at the token endpoint.',
  fix: 'Nothing, if the policy is meant; else register what the client asks for.',
  example:
    '{"client_id":"c-17","grant_types":["authorization_code"]}   for a request that named more',
  spec: [rfc7591('3.2.1')],
  judge: (view) => judgeAccepted(view, substitutionsOf),
});

const dropsRefreshToken = defineRule({
  id: 'dcr-drops-refresh-token',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  severity: 'info',
  revisions: 'A-D',
  requires: 'A client that registers for the refresh_token grant is registered with it.',
  why: 'Without the grant no refresh token is issued: the user has to log in again each time the access token expires, hourly as a rule.',
  fix: 'Allow the refresh_token grant for dynamically registered clients, or say in the documentation that sessions end with the access token.',
  example: '{"grant_types":["authorization_code","refresh_token"]}',
  affected: { clients: ['every client'], confidence: 'single' },
  spec: [rfc7591('3.2.1')],
  judge: (view) =>
    judgeAccepted(view, (exchange, asked, answered) =>
      dropsRefresh(asked, answered)
        ? [
            {
              message: `grant_types of the answer is ${quoted(answered.grant_types)}, expected it to hold the "refresh_token" that was asked for`,
              evidence: atMember(exchange, 'grant_types'),
            },
          ]
        : [],
    ),
});

const nulls = defineRule({
  id: 'dcr-response-nulls',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A member without a value is left out of the answer, not sent as null or "".',
  why: 'Typed clients know two kinds of member, present and absent: null fails their schema, and "" is no URL. They report an invalid registration response although the registration went well.',
  fix: 'Leave out empty members when the answer is serialised.',
  example:
    '{"client_id":"c-17","redirect_uris":["…"]}   not   {"client_id":"c-17","logo_uri":null}',
  affected: { clients: ['TypeScript SDK', 'LM Studio'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.1')],
  judge: (view) =>
    judgeAccepted(view, (exchange, _, answered) =>
      emptyMembers(answered).map((name) => ({
        message: `${name} of the answer is ${quoted(answered[name])}, expected it to be left out`,
        evidence: atMember(exchange, name),
      })),
    ),
});

const secretForPublicClient = defineRule({
  id: 'dcr-secret-for-public-client',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A client registered with token_endpoint_auth_method "none" gets no client_secret.',
  why: 'A secret and "none" contradict each other: some clients send the secret, some throw it away, and the token endpoint accepts only one of the two.',
  fix: 'Issue no secret to a client that asked for "none"; or return the method that goes with the secret.',
  example: '{"client_id":"c-17","token_endpoint_auth_method":"none"}',
  affected: { clients: ['MCP Inspector', 'Codex CLI'], confidence: 'confirmed' },
  spec: [rfc7591('2')],
  judge: (view) =>
    judgeAccepted(view, (exchange, asked, answered) =>
      isPublic(asked) && methodOf(asked, answered) === 'none' && hasSecret(answered)
        ? [
            {
              message:
                'the client asked for token_endpoint_auth_method "none" and got a client_secret without another method, expected none',
              evidence: atMember(exchange, 'client_secret'),
            },
          ]
        : [],
    ),
});

const ignoresRequestedNone = defineRule({
  id: 'dcr-ignores-requested-none',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A client that asks to be public is registered as a public client.',
  why: 'A server that makes every client confidential meets clients that were built public: they drop the secret or send it another way than registered, and the token endpoint answers 401.',
  fix: 'Register clients that ask for "none" with "none" and rely on PKCE; refuse with invalid_client_metadata if that is not allowed.',
  example: '{"client_id":"c-17","token_endpoint_auth_method":"none"}',
  affected: { clients: ['MCP Inspector', 'Codex CLI', 'Open WebUI'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.1')],
  judge: (view) =>
    judgeAccepted(view, (exchange, asked, answered) =>
      isPublic(asked) && methodOf(asked, answered) !== 'none'
        ? [
            {
              message: `token_endpoint_auth_method of the answer is ${quoted(answered.token_endpoint_auth_method)}, expected the "none" that was asked for`,
              evidence: atMember(exchange, 'token_endpoint_auth_method'),
            },
          ]
        : [],
    ),
});

const secretMethodWithoutSecret = defineRule({
  id: 'dcr-secret-method-without-secret',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A client registered with a client_secret method gets a client_secret.',
  why: 'The client is told to authenticate with a secret it never got. The Python SDK refuses such a registration; others go on and fail at the token endpoint.',
  fix: 'Return the client_secret, or register the client with "none".',
  example:
    '{"token_endpoint_auth_method":"client_secret_basic","client_secret":"…","client_secret_expires_at":0}',
  affected: { clients: ['Python SDK'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.1')],
  outranks: ['dcr-ignores-requested-none', 'client-auth-method-mismatch'],
  judge: (view) =>
    judgeAccepted(view, (exchange, asked, answered) => {
      const method = methodOf(asked, answered) ?? '';
      return method.startsWith('client_secret_') && !hasSecret(answered)
        ? [
            {
              message: `the client is registered with ${quoted(method)} but got no client_secret, expected one`,
              evidence: atMember(exchange, 'token_endpoint_auth_method'),
            },
          ]
        : [];
    }),
});

/** The rules about what became of the client's wishes. */
export const registrationMetadataRules: readonly Rule[] = [
  metadataSubstituted,
  dropsRefreshToken,
  nulls,
  secretForPublicClient,
  ignoresRequestedNone,
  secretMethodWithoutSecret,
];

function isPublic(client: JsonObject): boolean {
  return client.token_endpoint_auth_method === 'none';
}

/** How the registered client authenticates: as the answer says, else as it asked to. */
function methodOf(asked: JsonObject, answered: JsonObject): string | undefined {
  const name = 'token_endpoint_auth_method';
  return stringMember(answered, name) ?? stringMember(asked, name);
}

function hasSecret({ client_secret }: JsonObject): boolean {
  return typeof client_secret === 'string' && client_secret !== '';
}

const SUBSTITUTABLE = ['token_endpoint_auth_method', 'grant_types', 'response_types', 'scope'];

function substitutionsOf(
  exchange: Exchange,
  asked: JsonObject,
  answered: JsonObject,
): readonly Deviation[] {
  return SUBSTITUTABLE.filter(
    (name) =>
      asked[name] !== undefined &&
      answered[name] !== undefined &&
      !sameValues(asked[name], answered[name]) &&
      !isToldElsewhere(name, asked, answered),
  ).map((name) => ({
    message: `${name} of the answer is ${quoted(answered[name])}, the client asked for ${quoted(asked[name])}`,
    evidence: atMember(exchange, name),
  }));
}

/** A refresh grant dropped, and a secret method for a public client, have rules of their own. */
function isToldElsewhere(name: string, asked: JsonObject, answered: JsonObject): boolean {
  if (name === 'grant_types') return dropsRefresh(asked, answered);
  return name === 'token_endpoint_auth_method' && isPublic(asked);
}

function dropsRefresh(asked: JsonObject, answered: JsonObject): boolean {
  const registered = stringsMember(answered, 'grant_types');
  return (
    (stringsMember(asked, 'grant_types') ?? []).includes('refresh_token') &&
    registered !== undefined &&
    !registered.includes('refresh_token')
  );
}

/** Lists and scopes compare as sets. */
function sameValues(one: unknown, other: unknown): boolean {
  const [left, right] = [one, other].map((value) =>
    [...new Set(typeof value === 'string' ? parseScope(value) : [value].flat().map(quoted))].sort(),
  );
  return JSON.stringify(left) === JSON.stringify(right);
}

const MAY_BE_EMPTY = new Set(['client_id', 'redirect_uris', 'client_name']);

function emptyMembers(document: JsonObject): readonly string[] {
  return Object.keys(document).filter(
    (name) =>
      !MAY_BE_EMPTY.has(name) &&
      (document[name] === null || (document[name] === '' && /_uris?$|s$/.test(name))),
  );
}
