/** Facts of discovery and registration: the challenge, the documents, what a client became. */
import { objectOf } from '../../trace/body.ts';
import { headerValue, headerValues } from '../../trace/headers.ts';
import type { Exchange } from '../../trace/schema.ts';
import { stringMember, type View } from '../../trace/view.ts';
import { type FactFinder, type FactRow, row } from './fact.ts';
import { issuerOf } from './token-origin.ts';

const PARAMETER = /([\w-]{1,60})=("[^"]*"|[^\s,"]+)/g;

const CHALLENGE: Readonly<Record<string, string>> = {
  resource_metadata: 'where the server describes itself (RFC 9728)',
  scope: 'what a token must allow here',
  error: 'why the token was refused',
  error_description: 'the same for people',
  realm: 'what is protected',
};

/** A refusal and what it asks for; a call and whose token it carries. */
export const mcpFacts: FactFinder = (exchange, view) => {
  const challenges = headerValues(exchange.response?.headers ?? [], 'www-authenticate');
  return [
    {
      title: 'What the challenge says',
      rows: challenges.flatMap((challenge) => [
        ...row('Scheme', challenge.split(' ', 1)[0]),
        ...[...challenge.matchAll(PARAMETER)].flatMap(([, name = '', value = '']) =>
          row(name, value.replace(/^"|"$/g, ''), CHALLENGE[name]),
        ),
      ]),
    },
    { title: 'Authorization', rows: credentialRows(exchange, view) },
  ];
};

function credentialRows(exchange: Exchange, view: View): readonly FactRow[] {
  const value = headerValue(exchange.request.headers, 'authorization');
  if (value === undefined) return [];
  const credential = value.slice(value.indexOf(' ') + 1);
  const issuer = issuerOf(credential, exchange, view);
  return issuer === undefined
    ? row('Token', credential, 'issued by no exchange of this trace', 'bad')
    : row('Token', credential, `the one that exchange ${issuer} issued`, 'good');
}

/** The document of the MCP server, held against its address. */
export const resourceMetadataFacts: FactFinder = (exchange, view) => {
  const document = objectOf(exchange.response?.body);
  if (!document) return [];
  const resource = stringMember(document, 'resource');
  const url = view.trace.metadata.server_url;
  return [
    {
      title: 'What the server says of itself',
      rows: [
        ...row(
          'Resource',
          resource,
          resource === url
            ? 'the address that was called'
            : `the address that was called is ${url}`,
          resource === url ? 'good' : undefined,
        ),
        ...row('Trusts tokens of', listed(document.authorization_servers)),
        ...row('Scopes', listed(document.scopes_supported)),
      ],
    },
  ];
};

/** What an authorization server offers to a client it has never met. */
export const serverMetadataFacts: FactFinder = (exchange) => {
  const document = objectOf(exchange.response?.body);
  if (!document) return [];
  const methods = listed(document.code_challenge_methods_supported);
  const offers = (name: string): string => (document[name] === undefined ? 'no' : 'yes');
  return [
    {
      title: 'What the authorization server offers',
      rows: [
        ...row('Issuer', stringMember(document, 'issuer')),
        ...row(
          'PKCE',
          methods ?? 'not said',
          undefined,
          methods?.split(' ').includes('S256') ? 'good' : 'bad',
        ),
        ...row('Dynamic registration', offers('registration_endpoint')),
        ...row(
          'Client metadata documents',
          document.client_id_metadata_document_supported === true ? 'yes' : 'no',
        ),
        ...row('Client authentication', listed(document.token_endpoint_auth_methods_supported)),
        ...row('Grants', listed(document.grant_types_supported)),
        ...row(
          'Issuer in the callback',
          document.authorization_response_iss_parameter_supported === true ? 'yes' : 'no',
        ),
      ],
    },
  ];
};

/** What the client asked to be, and what it became. */
export const registrationFacts: FactFinder = ({ request, response }) => {
  const asked = objectOf(request.body);
  const given = objectOf(response?.body);
  if (!asked || !given) return [];
  const changed = Object.keys(asked).flatMap((name) => {
    const [from, to] = [JSON.stringify(asked[name]), JSON.stringify(given[name])];
    return to === undefined || from === to ? [] : row(name, to, `asked for ${from}`);
  });
  return [
    {
      title: 'What the client became',
      rows: [
        ...row('Client id', stringMember(given, 'client_id')),
        ...row(
          'Client secret',
          given.client_secret === undefined ? 'none: a public client' : 'yes',
        ),
        ...changed,
      ],
    },
  ];
};

function listed(value: unknown): string | undefined {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === 'string').join(' ')
    : undefined;
}
