import { PARTS } from './happy-trace.ts';
import { type Edit, edit, ruleTable } from './support.ts';

/** A run whose consent form leads to the client by way of another address. */
const detour = ({ trace }: Edit): Edit => {
  const consent = trace.trace_log.find(({ id }) => id === PARTS.consent)!;
  const back = { ...consent, id: 90, caused_by: consent.id };
  const { origin } = new URL(consent.request.url);
  return edit(trace)
    .header('consent', 'location', `${origin}/resume`)
    .add({ ...back, request: { ...back.request, method: 'GET', url: `${origin}/resume` } });
};

const policy = (value: string) => edit().header('consent-page', 'content-security-policy', value);

ruleTable('consent-csp-form-action', {
  valid: {
    'no policy': edit(),
    'no policy, and a redirect in between': detour(edit()),
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
    'only itself, before a redirect in between': [
      detour(policy("form-action 'self'")),
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
