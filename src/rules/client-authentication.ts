/** How the client authenticates at the token endpoint, and whether that is what was agreed. */
import { quoted } from '../oauth/quoted.ts';
import { rfc6749, rfc7591 } from '../spec/references.ts';
import { formOf, objectOf } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import { answerOf, codeShown, type Deviation, entryOf, verdictOn } from './evidence.ts';
import { metadataOf } from './front-channel.ts';
import { at, defineRule, inconclusive, notApplicable, type Rule } from './rule.ts';
import { errorOf, judgeErrors } from './token-error.ts';

const methodMismatch = defineRule({
  id: 'client-auth-method-mismatch',
  step: 'token',
  fault: 'client',
  level: 'MUST NOT',
  revisions: 'A-D',
  requires:
    'The client authenticates by the one method it is registered with, else by one the metadata offers.',
  why: 'Servers check the method as well as the secret: another one is invalid_client, and two at once are invalid_request.',
  fix: 'Use the token_endpoint_auth_method of the registration response; without a registration, one of the metadata’s.',
  example:
    'Authorization: Basic …   for client_secret_basic; client_secret=… in the body for client_secret_post',
  affected: { clients: ['Codex CLI'], confidence: 'reported' },
  spec: [rfc6749('2.3'), rfc7591('2')],
  outranks: ['token-client-auth-rejected'],
  judge(view) {
    const requests = view.tokenRequests().filter(isOwnGrant);
    if (requests.length === 0)
      return notApplicable('no token request of a client is in this trace');
    const deviations = requests.flatMap((exchange) => methodDeviations(view, exchange));
    const isUnknown = requests.every((exchange) => agreedMethods(view, exchange) === undefined);
    return deviations.length === 0 && isUnknown
      ? inconclusive('neither registration nor metadata names an authentication method')
      : verdictOn(deviations);
  },
});

const rejected = defineRule({
  id: 'token-client-auth-rejected',
  step: 'token',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A client that authenticates as agreed is not refused with invalid_client.',
  why: 'The login is done and paid for, and the code is worth nothing: the server registered the client one way and expects it to authenticate in another.',
  fix: 'Compare the method of the registration with what the token endpoint accepts; read client_id from the body for public clients, and decode the percent-encoding in Basic credentials.',
  example: 'grant_type=authorization_code&client_id=c-17&code=…&code_verifier=…',
  affected: { clients: ['Codex CLI', 'every client'], confidence: 'confirmed' },
  spec: [rfc6749('2.3.1'), rfc6749('5.2')],
  outranks: ['refresh-failed'],
  judge(view) {
    const verdict = judgeErrors(view, (exchange) =>
      errorOf(exchange) === 'invalid_client'
        ? [
            {
              message: `${disputeOf(view, exchange)}, expected it to be accepted`,
              evidence: at(exchange, '/response/body/error'),
            },
          ]
        : [],
    );
    return verdict.kind === 'fail' && view.trace.metadata.options?.client_id_given
      ? { ...verdict, fault: 'user', fix: BROUGHT }
      : verdict;
  },
});

const BROUGHT =
  'Compare the client id, the secret and the authentication method that were given (--client-id, --client-secret, --token-auth-method) with the registration of that client at the authorization server.';

/** The rules about client authentication. */
export const clientAuthenticationRules: readonly Rule[] = [methodMismatch, rejected];

/** What came of a client's authentication and what had been agreed, for a message. */
export function disputeOf(view: View, exchange: Exchange): string {
  const registered = registeredMethod(view, exchange);
  const agreed = registered
    ? `the registration returned ${codeShown(registered)}`
    : `the metadata offers ${quoted(agreedMethods(view, exchange) ?? [])}`;
  return `the token endpoint answered ${answerOf(exchange)}: ${agreed} and the request used ${methodsUsed(exchange).join(' and ')}`;
}

/** Grants a client authenticates for as itself; a token exchange may be with somebody else. */
const OWN_GRANTS = new Set(['authorization_code', 'refresh_token', 'client_credentials']);

function isOwnGrant(exchange: Exchange): boolean {
  return OWN_GRANTS.has(formOf(exchange).get('grant_type') ?? '');
}

/** The authentication methods of a request by what it carries; "none" for none. */
function methodsUsed({ request, ...rest }: Exchange): readonly string[] {
  const form = formOf({ request, ...rest });
  const isBasic = /^basic\b/i.test(headerValue(request.headers, 'authorization') ?? '');
  const used = [
    isBasic && 'client_secret_basic',
    form.has('client_secret') && 'client_secret_post',
    form.has('client_assertion') && 'private_key_jwt',
  ].filter((method) => method !== false);
  return used.length > 0 ? used : ['none'];
}

/** Gateways log a mark in place of credentials, and the scheme goes with them. */
function hidesMethod({ request }: Exchange): boolean {
  const credentials = headerValue(request.headers, 'authorization');
  return credentials !== undefined && !credentials.trim().includes(' ');
}

/** What methods look like in a request, where it is not their own name. */
const APPEARANCE: Readonly<Record<string, string>> = {
  client_secret_jwt: 'private_key_jwt',
  tls_client_auth: 'none',
  self_signed_tls_client_auth: 'none',
};

function methodDeviations(view: View, exchange: Exchange): readonly Deviation[] {
  const used = methodsUsed(exchange);
  const evidence = at(exchange, '/request');
  if (used.length > 1)
    return [
      {
        message: `the token request authenticates by ${used.join(' and ')}, expected one method`,
        evidence,
      },
    ];
  const [method = 'none'] = used;
  const agreed = agreedMethods(view, exchange);
  const looks = agreed?.map((name) => entryOf(APPEARANCE, name) ?? name);
  if (hidesMethod(exchange)) return [];
  // A client without a secret can only use "none"; that the server does not offer it is the server's fault.
  const isHelpless = method === 'none' && !registeredMethod(view, exchange);
  if (!looks || looks.includes(method) || isHelpless) return [];
  const seen =
    errorOf(exchange) === 'invalid_client'
      ? disputeOf(view, exchange)
      : `the token request authenticates by ${method}`;
  return [
    { message: `${seen}, expected ${agreed?.map((name) => quoted(name)).join(' or ')}`, evidence },
  ];
}

/** The registered method, else those the metadata offers; undefined where neither is known. */
function agreedMethods(view: View, exchange: Exchange): readonly string[] | undefined {
  const registered = registeredMethod(view, exchange);
  if (registered) return [registered];
  const metadata = metadataOf(view, exchange)?.document;
  return metadata
    ? (stringsMember(metadata, 'token_endpoint_auth_methods_supported') ?? ['client_secret_basic'])
    : undefined;
}

/** The method a client of this trace was registered with; undefined for a client from elsewhere. */
function registeredMethod(view: View, exchange: Exchange): string | undefined {
  const { document, exchange: registration } = view.registration ?? {};
  const clientId = formOf(exchange).get('client_id');
  if (!document || (clientId !== null && clientId !== document.client_id)) return undefined;
  const name = 'token_endpoint_auth_method';
  const method =
    stringMember(document, name) ?? stringMember(objectOf(registration?.request.body), name);
  return method ?? (document.client_secret === undefined ? 'none' : 'client_secret_basic');
}
