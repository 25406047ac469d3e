/** Deviations of the protected resource metadata. */
import {
  all,
  challengeParameter,
  document,
  type Fault,
  fault,
  header,
  member,
  on,
  status,
  text,
  when,
} from './fault.ts';

const NOT_FOUND = [status(404), text('not found')] as const;

export const RESOURCE_METADATA_FAULTS: readonly Fault[] = [
  fault(
    'prm-not-found',
    'serves no protected resource metadata and points at none',
    all(
      on('challenge', challengeParameter('resource_metadata', undefined)),
      on('prm', ...NOT_FOUND),
    ),
  ),
  fault(
    'prm-http-status',
    'redirects the request for its metadata',
    on(
      'prm',
      when(
        ({ url }) => url.search === '',
        (answer, { url }) => ({
          kind: answer.kind,
          status: 302,
          headers: [['location', `${url.href}?again`]],
        }),
      ),
    ),
  ),
  fault(
    'prm-not-json',
    'serves its metadata as plain text',
    on('prm', header('content-type', 'text/plain')),
  ),
  fault(
    'prm-resource-mismatch',
    'describes a resource of another origin',
    on('prm', member('resource', 'https://other.example/mcp')),
  ),
  fault(
    'prm-resource-parent-path',
    'calls the whole origin the resource',
    on(
      'prm',
      resourceMade((resource) => new URL(resource).origin),
    ),
    { omits: ['resource', 'audience'] },
  ),
  fault(
    'resource-trailing-slash',
    'ends the resource with a slash',
    on(
      'prm',
      resourceMade((resource) => `${resource}/`),
    ),
    { omits: ['resource', 'audience'] },
  ),
  fault(
    'prm-resource-invalid-uri',
    'names a resource with a fragment',
    on(
      'prm',
      resourceMade((resource) => `${resource}#tools`),
    ),
    { omits: ['resource', 'audience'] },
  ),
  fault(
    'prm-authorization-servers-missing',
    'names no authorization server',
    on('prm', member('authorization_servers', undefined)),
  ),
  fault(
    'prm-authorization-server-not-issuer',
    'names the URL of the metadata in place of the issuer',
    on(
      'prm',
      document((given) => ({
        ...given,
        authorization_servers: [
          `${String(given.authorization_servers)}/.well-known/oauth-authorization-server`,
        ],
      })),
    ),
  ),
  fault(
    'prm-bearer-header-unsupported',
    'says that it takes tokens in the body only',
    on('prm', member('bearer_methods_supported', ['body'])),
  ),
  fault(
    'offline-access-in-resource-scopes',
    'lists offline_access among the scopes of the resource',
    on('prm', member('scopes_supported', ['mcp:tools', 'stocks:read', 'offline_access'])),
  ),
  fault(
    'prm-behind-auth',
    'asks for a token before it shows its metadata',
    on('prm', status(401), header('www-authenticate', 'Bearer'), text('unauthorized')),
  ),
  fault(
    'prm-html-200',
    'serves a page where its metadata belongs',
    on('prm', text('<!doctype html><title>App</title>', 'text/html')),
  ),
  fault(
    'prm-bad-field-types',
    'writes its scopes as one string',
    on('prm', member('scopes_supported', 'mcp:tools stocks:read')),
  ),
  fault(
    'no-prm-issuer-not-origin',
    'serves the metadata of another issuer and none of the resource',
    all(
      on('challenge', challengeParameter('resource_metadata', undefined)),
      on('prm', ...NOT_FOUND),
      on(['asm', 'openid-configuration'], member('issuer', 'https://other.example')),
    ),
    { rules: ['no-prm-issuer-not-origin', 'prm-not-found'] },
  ),
];

function resourceMade(edit: (resource: string) => string) {
  return document((given) => ({ ...given, resource: edit(String(given.resource)) }));
}
