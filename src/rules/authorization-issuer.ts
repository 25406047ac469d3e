/** Who answered: `iss` in the authorization response. */
import { compareIssuer } from '../oauth/issuer.ts';
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc9207 } from '../spec/references.ts';
import { stringMember, type View } from '../trace/view.ts';
import { type Deviation, verdictOn } from './evidence.ts';
import { type Callback, callbacks, metadataOf } from './front-channel.ts';
import {
  at,
  defineRule,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

const CLIENTS = [
  'TypeScript SDK 2',
  'Claude Code',
  'Gemini CLI',
  'Goose',
  'Codex CLI 0.142 and later',
];
const VALIDATION = mcp('2026-07-28', 'basic/authorization#authorization-response-validation');

/** The error of a response that may be from somebody else must not be shown: these rules show it. */
const UNTRUSTED = [
  'authz-request-failed',
  'invalid-scope',
  'no-scope-sent',
  'dcr-scope-not-allowed',
  'resource-param-rejected',
  'cimd-advertised-but-rejected',
  'cimd-loopback-port-mismatch',
  'cimd-fetch-blocked',
  'cimd-private-key-jwt-refused',
];

const issMissing = defineRule({
  id: 'authz-iss-missing',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'D',
  requires:
    'A server whose metadata promises iss puts it into every authorization response, errors included.',
  why: 'A client that was promised iss and does not find it must take the response for a forged one and stop.',
  fix: 'Add iss to every redirect to the client, or set authorization_response_iss_parameter_supported to false.',
  example:
    'Location: http://127.0.0.1:49321/callback?code=…&state=…&iss=https%3A%2F%2Flogin.example.com',
  affected: { clients: CLIENTS, confidence: 'confirmed' },
  spec: [VALIDATION, rfc9207('2.4')],
  outranks: UNTRUSTED,
  judge: (view) =>
    judgeIss(view, ({ callback, iss, issuer, isAdvertised }) =>
      isAdvertised && iss === undefined
        ? [
            {
              message: `the callback has no iss though the metadata promises it, expected ${quoted(issuer)}`,
              evidence: at(callback.exchange, '/request/url'),
            },
          ]
        : [],
    ),
});

const issMismatch = defineRule({
  id: 'authz-iss-mismatch',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'D',
  requires:
    'iss of the authorization response is the issuer of the metadata, code point by code point.',
  why: 'Another issuer means a mix-up attack or a server that does not know its own name; the client cannot tell which and must not redeem the code.',
  fix: 'Take iss and the issuer of the metadata from one setting, and compare the two strings, slashes included.',
  example: '"issuer":"https://login.example.com"   and   iss=https%3A%2F%2Flogin.example.com',
  affected: { clients: CLIENTS, confidence: 'confirmed' },
  spec: [VALIDATION, rfc9207('2.4')],
  outranks: UNTRUSTED,
  judge: (view) =>
    judgeIss(view, ({ callback, iss, issuer }) =>
      iss === undefined || compareIssuer(iss, issuer) === 'same'
        ? []
        : [
            {
              message: `iss of the callback is ${quoted(iss)}, expected ${quoted(issuer)}`,
              evidence: at(callback.exchange, '/request/url'),
            },
          ],
    ),
});

const issUnadvertised = defineRule({
  id: 'authz-iss-unadvertised',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST',
  severity: 'warning',
  revisions: 'D',
  requires: 'A server that sends iss says so in its metadata.',
  why: 'Only where it is promised can a client insist on it; without the promise an attacker simply leaves it out.',
  fix: 'Set authorization_response_iss_parameter_supported to true.',
  example: '"authorization_response_iss_parameter_supported": true',
  spec: [rfc9207('2.3')],
  judge: (view) =>
    judgeIss(view, ({ callback, iss, issuer, isAdvertised }) =>
      iss === issuer && !isAdvertised
        ? [
            {
              message:
                'the callback has iss and authorization_response_iss_parameter_supported is not true, expected true',
              evidence: at(callback.exchange, '/request/url'),
            },
          ]
        : [],
    ),
});

const foreignOrigin = defineRule({
  id: 'authorize-origin-differs-from-issuer',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'field',
  severity: 'info',
  revisions: 'A-D',
  requires:
    'Where the authorization endpoint lives on another origin than the issuer, iss tells who answered.',
  why: 'A client that meets the user’s answer from another origin than the issuer’s has only iss to go by; one client is reported to refuse without it.',
  fix: 'Return iss and advertise it, or serve the authorization endpoint on the issuer’s origin.',
  example: '"authorization_response_iss_parameter_supported": true',
  affected: { clients: ['Codex CLI'], confidence: 'single' },
  spec: [rfc9207('2.3')],
  judge(view) {
    const { document, exchange } = view.serverMetadata ?? {};
    const issuer = stringMember(document, 'issuer') ?? '';
    const endpoint = stringMember(document, 'authorization_endpoint') ?? '';
    if (!exchange) return notApplicable('no authorization server metadata was found');
    if (!URL.canParse(issuer) || !URL.canParse(endpoint))
      return inconclusive('issuer or authorization_endpoint is no URL');
    const origins = [issuer, endpoint].map((url) => new URL(url).origin);
    return origins[0] === origins[1] ||
      document?.authorization_response_iss_parameter_supported === true
      ? pass
      : fail(
          `authorization_endpoint is on ${quoted(origins[1])} and the issuer on ${quoted(origins[0])}, expected iss to be advertised`,
          at(exchange, '/response/body/authorization_endpoint'),
        );
  },
});

/** The rules about iss. */
export const authorizationIssuerRules: readonly Rule[] = [
  issMissing,
  issMismatch,
  issUnadvertised,
  foreignOrigin,
];

interface IssFacts {
  readonly callback: Callback;
  readonly iss: string | undefined;
  readonly issuer: string;
  readonly isAdvertised: boolean;
}

/** Judges the iss of each callback, once it is known who should have answered. */
function judgeIss(view: View, judge: (facts: IssFacts) => readonly Deviation[]): Verdict {
  const arrived = callbacks(view);
  if (arrived.length === 0) return notApplicable('no callback arrived');
  const facts = arrived.flatMap((callback): readonly IssFacts[] => {
    const document = metadataOf(view, callback.request?.exchange)?.document;
    const issuer = stringMember(document, 'issuer');
    const isAdvertised = document?.authorization_response_iss_parameter_supported === true;
    const iss = callback.parameters.get('iss') ?? undefined;
    return issuer === undefined ? [] : [{ callback, iss, issuer, isAdvertised }];
  });
  return facts.length === 0
    ? inconclusive('no metadata names the issuer')
    : verdictOn(facts.flatMap(judge));
}
