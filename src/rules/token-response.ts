/** The form of a token response. */
import { quoted } from '../oauth/quoted.ts';
import { oauth21, rfc6749 } from '../spec/references.ts';
import { isObject, type JsonObject, objectOf } from '../trace/body.ts';
import { headerValues } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import {
  atMember,
  contentTypeOf,
  type Deviation,
  isSuccess,
  judgeEach,
  markBefore,
  shown,
} from './evidence.ts';
import { at, defineRule, type Rule, type Verdict } from './rule.ts';

const RESPONSE = [oauth21('3.2.3'), rfc6749('5.1')];

const contentType = defineRule({
  id: 'token-content-type',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A successful token response has status 200 and the media type application/json.',
  why: 'Clients parse JSON, and some look at the type before they do.',
  fix: 'Send Content-Type: application/json with status 200.',
  example: 'HTTP/1.1 200 OK\nContent-Type: application/json\nCache-Control: no-store',
  spec: RESPONSE,
  judge: (view) =>
    judgeAnswers(view, (exchange) => {
      const { status, body } = exchange.response ?? {};
      const wrongStatus = {
        message: `the token endpoint answered ${status}, expected 200`,
        evidence: at(exchange, '/response/status'),
      };
      const wrongType = {
        message: `the content type of the token response is ${quoted(contentTypeOf(exchange))}, expected "application/json"`,
        evidence: at(exchange, '/response/headers/content-type'),
      };
      return [
        ...(status === 200 ? [] : [wrongStatus]),
        ...(body?.media_type === 'application/json' ? [] : [wrongType]),
      ];
    }),
});

const notJson = defineRule({
  id: 'token-response-not-json',
  step: 'token',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A token response is a JSON object.',
  why: 'Form-encoded answers, as GitHub sends them by default, look like a token to a human and like garbage to the parser of nearly every MCP client.',
  fix: 'Answer in JSON whatever the Accept header says.',
  example: '{"access_token":"…","token_type":"Bearer","expires_in":3600}',
  affected: { clients: ['TypeScript SDK', 'Vercel AI SDK', 'Onyx'], confidence: 'confirmed' },
  spec: RESPONSE,
  outranks: ['token-content-type'],
  judge: (view) =>
    judgeAnswers(view, (exchange) =>
      objectOf(exchange.response?.body)
        ? markBefore(exchange, 'the token response')
        : [
            {
              message: `the token response is ${quoted(contentTypeOf(exchange))} and no JSON object, expected one`,
              evidence: at(exchange, '/response/body'),
            },
          ],
    ),
});

const cacheControl = defineRule({
  id: 'token-cache-control',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'A response with tokens or a client secret must not be stored: it says Cache-Control: no-store.',
  why: 'A browser or a proxy on the way may keep the answer and hand it to somebody else.',
  fix: 'Send Cache-Control: no-store with every token and registration response; for old OAuth 2.0 caches also Pragma: no-cache.',
  example: 'Cache-Control: no-store',
  spec: RESPONSE,
  judge(view) {
    const bearing = (name: string) => (exchange: Exchange) =>
      !exchange.response || typeof objectOf(exchange.response.body)?.[name] === 'string';
    return judgeEach(
      'response with a secret',
      [
        ...view.tokenRequests().filter(bearing('access_token')),
        ...view.byRole('registration').filter(bearing('client_secret')),
      ],
      cacheDeviations(view),
    );
  },
});

const accessTokenMissing = defineRule({
  id: 'token-access-token-missing',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A token response holds access_token, a string that is not empty.',
  why: 'The client has nothing to call the server with.',
  fix: 'Return the token at the top level of the object, or an OAuth error with status 400.',
  example: '{"access_token":"…","token_type":"Bearer","expires_in":3600}',
  spec: [oauth21('3.2.3')],
  judge: (view) =>
    judgeDocuments(view, (exchange, document) =>
      stringMember(document, 'access_token')
        ? []
        : [
            {
              message: `access_token is ${shown(document.access_token)}, expected a string`,
              evidence: atMember(exchange, 'access_token'),
            },
          ],
    ),
});

const responseSchema = defineRule({
  id: 'token-response-schema',
  step: 'token',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The token stands at the top level of the response, and lives longer than no time.',
  why: 'Wrappers such as {"data":{…}} hide the token from every client. A lifetime of 0 makes clients refresh before each request, or give up on the token at once.',
  fix: 'Return the members of RFC 6749 at the top level, expires_in in seconds from now.',
  example: '{"access_token":"…","token_type":"Bearer","expires_in":3600}',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: RESPONSE,
  outranks: ['token-access-token-missing'],
  judge: (view) => judgeDocuments(view, schemaDeviations),
});

/** The rules about the form of token responses. */
export const tokenResponseRules: readonly Rule[] = [
  contentType,
  notJson,
  cacheControl,
  accessTokenMissing,
  responseSchema,
];

/** Judges each answer of the token endpoint that claims success. */
function judgeAnswers(view: View, judge: (exchange: Exchange) => readonly Deviation[]): Verdict {
  const answered = view.tokenRequests().filter((one) => !one.response || isSuccess(one));
  return judgeEach('token response', answered, judge);
}

/** Judges each JSON document of the token endpoint that claims success and is no error in disguise. */
function judgeDocuments(
  view: View,
  judge: (exchange: Exchange, document: JsonObject) => readonly Deviation[],
): Verdict {
  return judgeAnswers(view, (exchange) => {
    const document = objectOf(exchange.response?.body);
    return document && stringMember(document, 'error') === undefined
      ? judge(exchange, document)
      : [];
  });
}

/** Judges each of these that brought a token: of the others nothing is left to say. */
export function judgeGrants(
  view: View,
  judge: (exchange: Exchange, document: JsonObject) => readonly Deviation[],
): Verdict {
  return judgeDocuments(view, (exchange, document) =>
    stringMember(document, 'access_token') ? judge(exchange, document) : [],
  );
}

function cacheDeviations(view: View): (exchange: Exchange) => readonly Deviation[] {
  return (exchange) => {
    const values = headerValues(exchange.response?.headers ?? [], 'cache-control');
    const directives = values.flatMap((value) => value.toLowerCase().split(/[\s,]+/));
    if (directives.includes('no-store')) return [];
    const isRegistration = view.role(exchange) === 'registration';
    return [
      {
        message: `Cache-Control of the ${isRegistration ? 'registration' : 'token'} response is ${shown(values[0])}, expected "no-store"`,
        evidence: at(exchange, '/response/headers/cache-control'),
        ...(isRegistration && { severity: 'warning' as const }),
      },
    ];
  };
}

function schemaDeviations(exchange: Exchange, document: JsonObject): readonly Deviation[] {
  const wrapper = Object.keys(document).find((name) => {
    const member = document[name];
    return isObject(member) && typeof member.access_token === 'string';
  });
  const isHidden = wrapper !== undefined && document.access_token === undefined;
  return [
    ...(isHidden
      ? [
          {
            message: `the token stands in ${quoted(`${wrapper}.access_token`)}, expected access_token at the top level`,
            evidence: atMember(exchange, wrapper),
          },
        ]
      : []),
    ...(document.expires_in === 0
      ? [
          {
            message: 'expires_in is 0, expected the seconds the token lives',
            evidence: atMember(exchange, 'expires_in'),
            severity: 'warning' as const,
          },
        ]
      : []),
  ];
}
