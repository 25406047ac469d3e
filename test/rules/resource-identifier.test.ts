import {
  invalidUri,
  mismatch,
  parentPath,
  schemeDowngrade,
  trailingSlash,
} from '../../src/rules/resource-identifier.ts';
import { edit, jwt, MCP_URL, ORIGIN, ruleTable } from './support.ts';

const AT = 'prm/response/body/resource';
const resource = (value: unknown) => edit().body('prm', { resource: value });
const ROOT = `${ORIGIN}/.well-known/oauth-protected-resource`;
/** The root document, found without a pointer. */
const root = (value: unknown) =>
  resource(value).url('prm', ROOT).header('challenge', 'www-authenticate', 'Bearer');
const missing = edit().status('prm', 404);
const silent = edit().noAnswer('prm', 'ETIMEDOUT');
const cut = edit().response('prm', (response) => ({
  ...response,
  body: { media_type: 'application/json', size: 9_000_000, text: '{', truncated: true },
}));

ruleTable(mismatch, {
  valid: {
    'the MCP URL': edit(),
    'the origin, in the root document': root(ORIGIN),
    'a parent, which another rule tells': resource(ORIGIN),
    'a slash, which another rule tells': resource(`${MCP_URL}/`),
  },
  invalid: {
    'another host': [
      resource('https://other.demo.test/team/mcp'),
      {
        message: `resource is "https://other.demo.test/team/mcp", expected ${JSON.stringify(MCP_URL)}`,
        at: AT,
      },
    ],
    'another path': [resource(`${ORIGIN}/team/mcp2`)],
    'a longer path': [resource(`${MCP_URL}/v1`)],
    absent: [resource(undefined), { message: 'resource is absent' }],
    'an array': [resource([MCP_URL]), { message: 'resource is ["https' }],
    'the MCP URL in the root document': [root(MCP_URL), { message: 'the origin, which the root' }],
    'a document from an unknown place': [
      resource('https://other.demo.test')
        .url('prm', `${ORIGIN}/x`)
        .header('challenge', 'www-authenticate', 'Bearer'),
      { message: 'the MCP URL' },
    ],
  },
  inconclusive: { 'no answer': silent, 'the document was cut': cut },
  notApplicable: { 'no document': missing },
});

ruleTable(parentPath, {
  valid: { 'the MCP URL': edit(), 'another host': resource('https://other.demo.test') },
  invalid: {
    'the origin': [resource(ORIGIN), { message: `resource is "${ORIGIN}"`, at: AT }],
    'a parent': [resource(`${ORIGIN}/team`)],
    'another spelling': [resource('https://API.demo.test/team/mcp')],
    'the origin in the root document of a pointer': [
      resource(ORIGIN)
        .url('prm', ROOT)
        .header('challenge', 'www-authenticate', `Bearer resource_metadata="${ROOT}"`),
    ],
    'the origin, without a pointer': [
      resource(ORIGIN).header('challenge', 'www-authenticate', 'Bearer'),
      { message: 'what this address was built from' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no document': missing },
});

const typed = (url: string, value: string) =>
  resource(value)
    .url('challenge', url)
    .metadata({ server_url: url })
    .url('prm', ROOT)
    .header('challenge', 'www-authenticate', 'Bearer');
const audience = (aud: unknown) =>
  edit().body('token', { access_token: jwt({ alg: 'ES256' }, { aud }) });

ruleTable(trailingSlash, {
  valid: {
    'the MCP URL': edit(),
    'a slash that was typed after the host': typed(`${ORIGIN}/`, ORIGIN),
    'an opaque token': edit().body('token', { access_token: 'opaque' }),
    'no token': edit().body('token', { access_token: undefined }),
    'another audience': audience('other'),
  },
  invalid: {
    'a slash': [resource(`${MCP_URL}/`), { message: `"${MCP_URL}/", expected`, at: AT }],
    'a slash after the host': [typed(ORIGIN, `${ORIGIN}/`)],
    'a slash in the audience': [
      audience(['x', `${MCP_URL}/`]),
      { message: `expected "${MCP_URL}"`, at: 'token/response/body/access_token' },
    ],
    'a slash in the audience, without metadata': [audience(`${MCP_URL}/`).without('prm')],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no document': missing },
});

ruleTable(invalidUri, {
  valid: {
    'the MCP URL': edit(),
    'http on loopback': resource('http://127.0.0.1:8000/mcp'),
  },
  invalid: {
    'a relative URL': [resource('/mcp'), { message: 'expected an absolute URL', at: AT }],
    http: [resource('http://api.demo.test/mcp'), { message: 'expected https' }],
    'a fragment': [resource(`${MCP_URL}#x`), { message: 'expected no fragment' }],
    'a query': [
      resource(`${MCP_URL}?tenant=1`).url('challenge', `${MCP_URL}?tenant=1`),
      { message: 'expected no query', severity: 'warning' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no resource': resource(undefined), 'no document': missing },
});

ruleTable(schemeDowngrade, {
  valid: {
    'the MCP URL': edit(),
    'no resource': resource(undefined),
    'another host, which another rule tells': resource('http://other.demo.test/team/mcp'),
  },
  invalid: {
    http: [resource(MCP_URL.replace('https', 'http')), { message: 'resource is "http:', at: AT }],
    'http on the origin': [resource('http://api.demo.test')],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'a server over http': typed('http://127.0.0.1:8000/mcp', 'http://127.0.0.1:8000/mcp'),
    'no document': missing,
  },
});
