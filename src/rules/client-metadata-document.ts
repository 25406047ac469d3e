/** A client whose id is the URL of its own metadata document. */

import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl, isSecureUrl } from '../oauth/resource.ts';
import { cimd, mcp, rfc8252 } from '../spec/references.ts';
import { objectOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import { stringMember, type View } from '../trace/view.ts';
import { type AuthorizationRefusal, whatCame } from './authorization-outcome.ts';
import { judgeAuthorizations, REDIRECT } from './authorization-refusal.ts';
import { isDocumentUrl } from './client-identity.ts';
import { type Deviation, shown, verdictOn } from './evidence.ts';
import { authorizationRequests } from './front-channel.ts';
import { at, defineRule, inconclusive, notApplicable, type Rule } from './rule.ts';

const documentInvalid = defineRule({
  id: 'client-cimd-document-invalid',
  step: 'registration',
  fault: 'client',
  level: 'MUST',
  revisions: 'C-D',
  requires:
    'A client_id that is a URL is https with a path, and serves a JSON document that names the same client_id, a client_name and redirect_uris, without a shared secret.',
  why: 'Authorization servers fetch the document before they show the consent page, and must refuse a client whose document is not in order.',
  fix: 'Host a static JSON file at the URL, with client_id equal to it; serve it directly, without redirect or bot challenge.',
  example:
    '{"client_id":"https://tools.example.com/client.json","client_name":"My tool","redirect_uris":["http://127.0.0.1/callback"],"token_endpoint_auth_method":"none"}',
  spec: [
    cimd('3'),
    mcp('2026-07-28', 'basic/authorization/client-registration#implementation-requirements'),
  ],
  judge(view) {
    const uses = documentUses(view);
    if (uses.length === 0) return notApplicable('no client_id is the URL of a document');
    const documents = new Map(
      view.byRole('client-metadata').map((exchange) => [exchange.request.url, exchange]),
    );
    const deviations = uses.flatMap(({ exchange, url }) => {
      const document = documents.get(url);
      return [...urlDeviations(exchange, url), ...(document ? documentDeviations(document) : [])];
    });
    return deviations.length === 0 && !uses.every(({ url }) => documents.get(url)?.response)
      ? inconclusive('the document behind the client_id is not in the trace')
      : verdictOn(deviations);
  },
});

const advertisedButRejected = defineRule({
  id: 'cimd-advertised-but-rejected',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'C-D',
  requires:
    'A server that advertises client ID metadata documents accepts the URL of a valid one as client_id.',
  why: 'Clients see the flag and do not register. When the URL is then refused they have no identity left to try.',
  fix: 'Fetch and validate the document on an unknown https client_id, or withdraw client_id_metadata_document_supported.',
  example:
    'GET /authorize?client_id=https%3A%2F%2Ftools.example.com%2Fclient.json&…   answers 200 or a redirect',
  affected: { clients: ['Claude', 'Claude Code', 'VS Code', 'ChatGPT'], confidence: 'reported' },
  spec: [mcp('2026-07-28', 'basic/authorization/client-registration#advertising-cimd-support')],
  outranks: ['authz-request-failed'],
  judge(view) {
    if (!isAdvertised(view))
      return notApplicable('the server does not advertise client ID metadata documents');
    if (documentInvalid.judge(view).kind === 'fail')
      return inconclusive('the document itself is not in order');
    return judgeAuthorizations(view, (refusal) =>
      isDocumentRefused(refusal)
        ? {
            message: `${whatCame(refusal)} for the client_id ${quoted(withoutUser(clientOf(refusal)))}, expected it to be accepted as the metadata promises`,
          }
        : undefined,
    );
  },
});

interface Cause extends Pick<Rule, 'id' | 'requires' | 'why' | 'fix' | 'affected' | 'spec'> {
  readonly example?: string;
  readonly explains: (refusal: AuthorizationRefusal) => boolean;
}

const CAUSES: readonly Cause[] = [
  {
    id: 'cimd-loopback-port-mismatch',
    requires:
      'The port of a loopback redirect URI is ignored when it is compared with the document’s.',
    why: 'The document is static and the client listens on whatever port is free: an exact comparison can never succeed.',
    fix: 'Ignore the port of 127.0.0.1, [::1] and localhost when comparing redirect URIs.',
    example: 'http://localhost/callback in the document admits http://localhost:49321/callback',
    affected: { clients: ['Claude Code', 'Codex CLI'], confidence: 'confirmed' },
    spec: [rfc8252('7.3')],
    explains: ({ request, description }) =>
      isLoopbackUrl(request?.parameters?.get('redirect_uri') ?? '') && REDIRECT.test(description),
  },
  {
    id: 'cimd-fetch-blocked',
    requires: 'The authorization server can fetch the documents of its clients.',
    why: 'Hosts of these documents challenge requests from data centres, and firewalls keep the server from reaching out: the client is valid and refused all the same.',
    fix: 'Let the server reach the internet, cache documents, keep copies of well-known ones, or fall back to dynamic registration.',
    example:
      'GET /oauth/client.json HTTP/1.1\nHost: client.example.com   as the authorization server sends it, answered 200',
    affected: { clients: ['Claude', 'Claude Code'], confidence: 'confirmed' },
    spec: [cimd('4')],
    explains: ({ description }) => /fetch|retriev|download/i.test(description),
  },
  {
    id: 'cimd-private-key-jwt-refused',
    requires:
      'A document that names an authentication method the server lacks is still good for one it has.',
    why: 'ChatGPT’s document prefers private_key_jwt and lists others too. Servers that read the one member only refuse the client.',
    fix: 'Read token_endpoint_auth_methods_supported of the document as well and take a method both know.',
    example:
      '"token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["private_key_jwt","none"]   is good for none',
    affected: { clients: ['ChatGPT'], confidence: 'confirmed' },
    spec: [cimd('4')],
    explains: ({ description }) => /private_key_jwt/i.test(description),
  },
];

/** The rules about clients that are their own document. */
export const clientMetadataDocumentRules: readonly Rule[] = [
  documentInvalid,
  advertisedButRejected,
  ...CAUSES.map(({ explains, ...texts }) =>
    defineRule({
      ...texts,
      step: 'authorization',
      fault: 'authorization-server',
      level: 'field',
      severity: 'error',
      revisions: 'C-D',
      outranks: ['authz-request-failed', 'cimd-advertised-but-rejected'],
      judge: (view) =>
        judgeAuthorizations(view, (refusal) =>
          isDocumentRefused(refusal) && explains(refusal)
            ? {
                message: `${whatCame(refusal)} for the client_id ${quoted(withoutUser(clientOf(refusal)))}, expected it to be accepted`,
              }
            : undefined,
        ),
    }),
  ),
];

interface DocumentUse {
  readonly exchange: Exchange;
  readonly url: string;
}

/** Authorization requests of clients that did not register and call themselves by a URL. */
function documentUses(view: View): readonly DocumentUse[] {
  const registered = stringMember(view.registration?.document, 'client_id');
  return authorizationRequests(view).flatMap(({ exchange, parameters }) => {
    const url = parameters?.get('client_id') ?? '';
    return isDocumentUrl(url) && url !== registered ? [{ exchange, url }] : [];
  });
}

function urlDeviations(exchange: Exchange, url: string): readonly Deviation[] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // A URL parser removes dot segments: they are looked for in the text.
  const written = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  const faults: (string | false)[] = [
    // A document on this machine is a test's, as any http loopback address is.
    !isSecureUrl(url) && 'is not https',
    written === '' && 'has no path',
    url.includes('#') && 'has a fragment',
    Boolean(parsed?.username || parsed?.password) && 'has user information',
    written.split('/').some((segment) => segment === '.' || segment === '..') && 'has dot segments',
  ];
  return faults
    .filter((fault) => fault !== false)
    .map((fault) => ({
      message: `client_id ${quoted(withoutUser(url))} ${fault}, expected a plain https URL with a path`,
      evidence: at(exchange, '/request/url'),
    }));
}

/** User information is a secret, and a message repeats none. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//…@');
}

function documentDeviations(exchange: Exchange): readonly Deviation[] {
  const { request, response } = exchange;
  if (!response || response.body?.truncated) return [];
  const document = objectOf(response.body);
  if (response.status !== 200 || !document)
    return [
      {
        message: `the document was answered ${response.status}${document ? '' : ' without a JSON object'}, expected 200 and the document`,
        evidence: at(exchange, '/response'),
      },
    ];
  const method = document.token_endpoint_auth_method;
  const faults: (readonly [string, string] | false)[] = [
    document.client_id !== request.url && [
      'client_id',
      `client_id of the document is ${shown(document.client_id)}, expected ${quoted(request.url)}`,
    ],
    typeof document.client_name !== 'string' && [
      'client_name',
      `client_name of the document is ${shown(document.client_name)}, expected a name`,
    ],
    !Array.isArray(document.redirect_uris) && [
      'redirect_uris',
      `redirect_uris of the document is ${shown(document.redirect_uris)}, expected a list`,
    ],
    typeof method === 'string' &&
      method.startsWith('client_secret_') && [
        'token_endpoint_auth_method',
        `token_endpoint_auth_method of the document is ${quoted(method)}, expected one without a shared secret`,
      ],
    document.client_secret !== undefined && [
      'client_secret',
      'the document holds a client_secret, expected none',
    ],
  ];
  return faults
    .filter((fault) => fault !== false)
    .map(([name, message]) => ({ message, evidence: at(exchange, `/response/body/${name}`) }));
}

function isAdvertised(view: View): boolean {
  return view.serverMetadata?.document.client_id_metadata_document_supported === true;
}

function clientOf({ request }: AuthorizationRefusal): string {
  return request?.parameters?.get('client_id') ?? '';
}

const REFUSED = new Set(['invalid_client', 'unauthorized_client', 'invalid_request']);

/** A page without an error code may be a crash over the URL; one that is not there says nothing of it. */
function isDocumentRefused(refusal: AuthorizationRefusal): boolean {
  const { kind, error } = refusal;
  return (
    isDocumentUrl(clientOf(refusal)) &&
    kind !== 'token' &&
    (error ? REFUSED.has(error) : kind === 'page' && !isUnserved(refusal))
  );
}
