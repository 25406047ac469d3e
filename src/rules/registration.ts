/** What an authorization server answers to a registration it accepts. */
import { quoted } from '../oauth/quoted.ts';
import { rfc7591, rfc7592 } from '../spec/references.ts';
import { type JsonObject, objectOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import {
  atMember,
  contentTypeOf,
  type Deviation,
  isSuccess,
  judgeEach,
  markBefore,
  shown,
  whatPlaceSaid,
} from './evidence.ts';
import { at, defineRule, type Rule, type Verdict } from './rule.ts';

const responseFormat = defineRule({
  id: 'dcr-response-format',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'A registration is answered with status 201 and a JSON object that holds client_id, and client_secret_expires_at next to any client_secret.',
  why: 'The client stores this answer as its identity. Without a client_id it has none; with another status or type some clients take the registration for failed and ask the user to try again.',
  fix: 'Answer 201 with Content-Type: application/json and every member of the registration; client_secret_expires_at is 0 for a secret that never expires.',
  example:
    'HTTP/1.1 201 Created\nContent-Type: application/json\n\n{"client_id":"c-17","client_secret":"…","client_secret_expires_at":0,"redirect_uris":["http://127.0.0.1:49321/callback"]}',
  affected: { clients: ['TypeScript SDK', 'MCP Inspector', 'Python SDK'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.1')],
  judge: (view) => judgeAnswers(view, formatOf),
});

const redirectUrisChanged = defineRule({
  id: 'dcr-redirect-uris-changed',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'The answer to a registration lists every redirect URI that was registered.',
  why: 'The TypeScript SDK, and every client built on it, throws on an answer without redirect_uris ("expected array, received undefined"). A URI that was dropped makes the authorization request fail a step later, where nobody looks for the cause.',
  fix: 'Echo redirect_uris exactly as registered, or refuse the registration with invalid_redirect_uri.',
  example: '{"client_id":"c-17","redirect_uris":["http://127.0.0.1:49321/callback"]}',
  affected: { clients: ['TypeScript SDK', 'MCP Inspector', 'mcp-remote'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.1')],
  judge: (view) => judgeAccepted(view, redirectUrisOf),
});

const otherStatus = defineRule({
  id: 'dcr-status-other-2xx',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A successful registration is answered with 201, or at least 200.',
  why: 'The Python SDK takes 200 and 201 only: after a 202 or 204 it reports a failed registration.',
  fix: 'Answer 201 with the registered client in the body.',
  example: 'HTTP/1.1 201 Created',
  affected: { clients: ['Python SDK'], confidence: 'single' },
  spec: [rfc7591('3.2.1')],
  outranks: ['dcr-response-format'],
  judge: (view) =>
    judgeAnswers(view, (exchange) =>
      [200, 201].includes(exchange.response?.status ?? 0)
        ? []
        : [
            {
              message: `the registration was answered ${exchange.response?.status}, expected 201`,
              evidence: at(exchange, '/response/status'),
            },
          ],
    ),
});

const noCleanup = defineRule({
  id: 'dcr-no-cleanup',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MAY',
  revisions: 'A-D',
  requires: 'A registered client can be deleted by who registered it.',
  why: 'Each run of a test, and each reinstallation of a client, leaves a record behind that nobody will ever remove.',
  fix: 'Return registration_client_uri and registration_access_token, or let unused clients expire.',
  example:
    '{"registration_client_uri":"https://login.example.com/clients/c-17","registration_access_token":"…"}',
  spec: [rfc7592('3')],
  judge: (view) =>
    judgeAccepted(view, (exchange, _, answered) => {
      const absent = ['registration_client_uri', 'registration_access_token'].filter(
        (name) => typeof answered[name] !== 'string',
      );
      return absent.length === 0
        ? []
        : [
            {
              message: `the answer has no ${absent.join(' and no ')}, expected both so that the client can be deleted`,
              evidence: at(exchange, '/response/body'),
            },
          ];
    }),
});

/** The rules about accepted registrations. */
export const registrationRules: readonly Rule[] = [
  responseFormat,
  redirectUrisChanged,
  otherStatus,
  noCleanup,
];

/** Judges what was asked against the JSON that was answered, for each registration that was accepted. */
export function judgeAccepted(
  view: View,
  judge: (exchange: Exchange, asked: JsonObject, answered: JsonObject) => readonly Deviation[],
): Verdict {
  return judgeAnswers(view, (exchange) => {
    const answered = objectOf(exchange.response?.body);
    return answered && !isRefusal(answered)
      ? judge(exchange, objectOf(exchange.request.body) ?? {}, answered)
      : [];
  });
}

/** An error under a status that says success. */
function isRefusal({ error, client_id: id }: JsonObject): boolean {
  return typeof error === 'string' && id === undefined;
}

function judgeAnswers(view: View, judge: (exchange: Exchange) => readonly Deviation[]): Verdict {
  const sent = view.byRole('registration').filter((one) => !one.response || isSuccess(one));
  return judgeEach('accepted registration', sent, judge);
}

function formatOf(exchange: Exchange): readonly Deviation[] {
  const document = objectOf(exchange.response?.body);
  if (!document)
    return [
      {
        message: `the accepted registration was answered with ${quoted(contentTypeOf(exchange))} that is no JSON object, expected the registered client`,
        evidence: at(exchange, '/response/body'),
      },
    ];
  if (isRefusal(document))
    return [
      {
        message: `${whatPlaceSaid(exchange, 'the registration endpoint')}, expected 201 and the registered client, or 400`,
        evidence: atMember(exchange, 'error'),
        fix: 'Mend what the error names, and answer a registration that is refused with 400.',
      },
    ];
  const found: (Deviation | false)[] = [
    ...markBefore(exchange, 'the answer'),
    !stringMember(document, 'client_id') && {
      message: `client_id of the answer is ${shown(document.client_id)}, expected a string`,
      evidence: atMember(exchange, 'client_id'),
    },
    exchange.response?.status !== 201 && {
      message: `the registration was answered ${exchange.response?.status}, expected 201`,
      evidence: at(exchange, '/response/status'),
      severity: 'warning',
    },
    exchange.response?.body?.media_type !== 'application/json' && {
      message: `the content type of the answer is ${quoted(contentTypeOf(exchange))}, expected "application/json"`,
      evidence: at(exchange, '/response/headers/content-type'),
      severity: 'warning',
    },
    typeof document.client_secret === 'string' &&
      document.client_secret_expires_at === undefined && {
        message: 'the answer has client_secret but no client_secret_expires_at, expected both',
        evidence: atMember(exchange, 'client_secret'),
        severity: 'warning',
      },
  ];
  return found.filter((one) => one !== false);
}

function redirectUrisOf(
  exchange: Exchange,
  asked: JsonObject,
  answered: JsonObject,
): readonly Deviation[] {
  const evidence = atMember(exchange, 'redirect_uris');
  const registered = stringsMember(answered, 'redirect_uris');
  if (!registered)
    return [
      {
        message: `redirect_uris of the answer is ${shown(answered.redirect_uris)}, expected the registered list`,
        evidence,
        severity: 'warning',
      },
    ];
  return (stringsMember(asked, 'redirect_uris') ?? [])
    .filter((uri) => !registered.includes(uri))
    .map((uri) => ({
      message: `redirect_uris of the answer is ${quoted(registered)}, expected it to hold ${quoted(uri)}`,
      evidence,
    }));
}
