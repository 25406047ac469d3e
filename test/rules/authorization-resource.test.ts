import { edit, MCP_URL, ruleTable } from './support.ts';

const hidden = edit().query('authorize', { request: 'eyJhbGciOiJub25lIn0.e30.' });

ruleTable('client-resource-missing', {
  valid: {
    'in every request': edit(),
    'a grant that is not bound to it': edit().form('token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      resource: undefined,
    }),
  },
  invalid: {
    'not in the authorization request': [
      edit().query('authorize', { resource: undefined }),
      { message: 'the authorization request has no resource', at: 'authorize/request' },
    ],
    'not in the code exchange': [
      edit().form('token', { resource: undefined }),
      { message: 'authorization_code token request has no resource', at: 'token/request' },
    ],
    'not in the refresh': [
      edit().form('refresh', { resource: undefined }),
      { message: 'refresh_token token request has no resource' },
    ],
  },
  inconclusive: { 'a request object': hidden },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});

const everywhere = (resource: string) =>
  edit().query('authorize', { resource }).form('token', { resource }).form('refresh', { resource });

ruleTable('client-resource-inconsistent', {
  valid: {
    'the same in every request': edit(),
    'none at all, which has a rule of its own': edit()
      .query('authorize', { resource: undefined })
      .form('token', { resource: undefined })
      .form('refresh', { resource: undefined }),
    'as the metadata names it': everywhere('https://api.demo.test').body('prm', {
      resource: 'https://api.demo.test',
    }),
    'the URL where the metadata is about something else': everywhere(MCP_URL).body('prm', {
      resource: 'https://elsewhere.test/mcp',
    }),
    'the URL where there is no metadata': edit().without('prm'),
  },
  invalid: {
    'a path': [
      everywhere('/mcp').without('prm'),
      { message: '"/mcp", expected an absolute URL', at: 'authorize/request/url' },
    ],
    'a fragment': [everywhere(`${MCP_URL}#x`).without('prm'), { message: 'without fragment' }],
    'a slash the metadata does not have': [
      everywhere(`${MCP_URL}/`),
      { message: `expected ${JSON.stringify(MCP_URL)} as the resource metadata names it` },
    ],
    'another one in the token request': [
      edit().without('prm').form('token', { resource: 'https://api.demo.test' }),
      { message: 'as in the request before', at: 'token/request/body' },
    ],
  },
  inconclusive: { 'a request object': hidden.without('token', 'refresh') },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});
