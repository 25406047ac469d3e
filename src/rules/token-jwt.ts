/** Access tokens that are JWTs, as far as they can be read without their key. */
import { audiences } from '../oauth/jwt.ts';
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc8707, rfc9068 } from '../spec/references.ts';
import { formOf } from '../trace/body.ts';
import type { Exchange, Secret } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import { atMember, type Deviation, shown, verdictOn } from './evidence.ts';
import { metadataOf, requestBefore } from './front-channel.ts';
import { isAccessToken } from './issued-token.ts';
import { defineRule, inconclusive, notApplicable, type Rule, type Verdict } from './rule.ts';

const jwtAudience = defineRule({
  id: 'token-jwt-audience',
  step: 'token',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'B-D',
  requires: 'aud of the access token holds the resource that was asked for.',
  why: 'The MCP server must refuse tokens that are not meant for it. With another aud, or none, it either refuses every user or accepts the tokens of other services.',
  fix: 'Put the requested resource, the URL of the MCP server, into aud; or let the MCP server expect the identifier that the authorization server maps it to.',
  example: '"aud": "https://api.example.com/mcp"',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [
    rfc8707('2'),
    mcp(
      '2026-07-28',
      'basic/authorization/security-considerations#token-audience-binding-and-validation',
    ),
  ],
  judge: (view) =>
    judgeJwts(view, (token) => {
      const asked = resourcesAsked(view, token.exchange);
      const seen = audiences(token.jwt.claims);
      return asked.length === 0 || asked.some((resource) => seen.includes(resource))
        ? []
        : [
            {
              message: `aud of the access token is ${shown(token.jwt.claims.aud)}, expected it to hold ${quoted(asked[0])}`,
              evidence: atMember(token.exchange, 'access_token'),
            },
          ];
    }),
});

const jwtClaims = defineRule({
  id: 'token-jwt-claims',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  severity: 'warning',
  revisions: 'A-D',
  requires:
    'An access token of type at+jwt has iss, exp, aud, sub, client_id, iat and jti, its iss is the issuer of the metadata, and no token is unsigned.',
  why: 'Validators of the profile refuse a token that lacks one of them; an unsigned token can be made by anyone.',
  fix: 'Issue tokens by the JWT profile, signed with an asymmetric key; or do not call them at+jwt.',
  example:
    '{"typ":"at+jwt","alg":"ES256"} . {"iss":"https://login.example.com","aud":"https://api.example.com/mcp","sub":"…","client_id":"c-17","iat":…,"exp":…,"jti":"…"}',
  spec: [rfc9068('2.2')],
  judge: (view) =>
    judgeJwts(view, (token) => [
      ...algorithmDeviations(token),
      ...(isProfiled(token.jwt.header) ? profileDeviations(view, token) : []),
    ]),
});

/** The rules about JWT access tokens. */
export const tokenJwtRules: readonly Rule[] = [jwtAudience, jwtClaims];

interface JwtToken {
  readonly exchange: Exchange;
  readonly jwt: NonNullable<Secret['jwt']>;
}

function judgeJwts(view: View, judge: (token: JwtToken) => readonly Deviation[]): Verdict {
  const tokens = view.tokenDocuments().flatMap(({ exchange, document }) => {
    const value = stringMember(document, 'access_token');
    return value && isAccessToken(document) ? [{ exchange, secret: view.secret(value) }] : [];
  });
  if (tokens.length === 0) return notApplicable('no access token was issued');
  const jwts = tokens.flatMap(({ exchange, secret: { jwt } }) => (jwt ? [{ exchange, jwt }] : []));
  if (jwts.length > 0) return verdictOn(jwts.flatMap(judge));
  return tokens.every(({ secret }) => secret.length === 0)
    ? inconclusive('nothing is known of the access token')
    : notApplicable('the access token is opaque');
}

/** The resources of the token request, else of the authorization request before it. */
function resourcesAsked(view: View, exchange: Exchange): readonly string[] {
  const named = formOf(exchange).getAll('resource');
  return named.length > 0
    ? named
    : (requestBefore(view, exchange)?.parameters?.getAll('resource') ?? []);
}

function algorithmDeviations({ exchange, jwt }: JwtToken): readonly Deviation[] {
  const { alg } = jwt.header;
  return typeof alg === 'string' && alg.toLowerCase() === 'none'
    ? [
        {
          message: 'alg of the access token is "none", expected a signature',
          evidence: atMember(exchange, 'access_token'),
          severity: 'error' as const,
        },
      ]
    : [];
}

function isProfiled({ typ }: JwtToken['jwt']['header']): boolean {
  return typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ);
}

function profileDeviations(view: View, { exchange, jwt }: JwtToken): readonly Deviation[] {
  const evidence = atMember(exchange, 'access_token');
  const issuer = stringMember(metadataOf(view, exchange)?.document, 'issuer');
  const required = ['iss', 'exp', 'sub', 'client_id', 'iat', 'jti'];
  // A missing aud of a token that was asked for a resource has a rule of its own.
  const wanted = resourcesAsked(view, exchange).length > 0 ? required : [...required, 'aud'];
  const absent = wanted.filter((name) => jwt.claims[name] === undefined);
  const { iss } = jwt.claims;
  return [
    ...(absent.length > 0
      ? [
          {
            message: `the access token of type at+jwt has no ${absent.join(', ')}, expected every claim of the profile`,
            evidence,
            severity: 'warning' as const,
          },
        ]
      : []),
    ...(iss !== undefined && issuer !== undefined && iss !== issuer
      ? [
          {
            message: `iss of the access token is ${quoted(iss)}, expected ${quoted(issuer)}`,
            evidence,
            severity: 'warning' as const,
          },
        ]
      : []),
  ];
}
