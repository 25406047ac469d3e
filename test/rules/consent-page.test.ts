import { edit, ruleTable } from './support.ts';

const policy = (value: string) => edit().header('consent-page', 'content-security-policy', value);

ruleTable('consent-csp-form-action', {
  valid: {
    'no policy': edit(),
    'a policy about other things': policy("default-src 'self'"),
    'a policy that admits the callback': policy("form-action 'self' http://127.0.0.1:*"),
    'a policy of another page': edit().header(
      'authorize',
      'content-security-policy',
      "form-action 'self'",
    ),
  },
  invalid: {
    'only itself': [
      policy("default-src 'self'; form-action 'self'"),
      {
        message: '"http://127.0.0.1:49321"',
        at: 'consent-page/response/headers/content-security-policy',
      },
    ],
    nothing: [policy("form-action 'none'"), { message: "'none'" }],
  },
  inconclusive: {
    'a browser we did not watch': edit().without('login', 'consent-page', 'consent'),
    'a redirect without a page before it': edit()
      .without('login', 'consent-page')
      .exchange('authorize', (one) => ({ ...one, response: null })),
    'a page that leads to the client by a link': edit().exchange('consent', (one) => ({
      ...one,
      request: { ...one.request, method: 'GET' },
    })),
  },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});
