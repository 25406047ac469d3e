import { oauthLegRules } from '../../src/rules/oauth-leg.ts';
import { pick } from './pick.ts';
import { edit, ruleTable } from './support.ts';

const moved = (location: string) =>
  edit().status('token', 307).header('token', 'location', location);

ruleTable(pick(oauthLegRules, 'oauth-endpoint-redirected'), {
  valid: {
    'nothing moved': edit(),
    'a slash': moved('/t1/token/'),
    'an upgrade of the same host': edit()
      .url('token', 'http://login.demo.test/t1/token')
      .status('token', 308)
      .header('token', 'location', 'https://login.demo.test/t1/token'),
    'a place nobody can go to': moved('http://'),
    'a 3xx without a place': edit().status('token', 304),
  },
  invalid: {
    'another host': [
      moved('https://www.demo.test/token'),
      {
        message: 'was answered 307 to "https://www.demo.test/token"',
        at: 'token/response/headers/location',
      },
    ],
    'an upgrade of another host': [
      edit()
        .url('registration', 'http://a.test/clients')
        .status('registration', 301)
        .header('registration', 'location', 'https://b.test/clients'),
      { message: '"https://b.test/clients"' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('token', 'EPIPE', 'wait') },
  notApplicable: { 'nothing was sent': edit().without('registration', 'token', 'refresh') },
});

const named = edit()
  .requestHeader('prm', 'user-agent', 'a')
  .requestHeader('asm', 'user-agent', 'a')
  .requestHeader('registration', 'user-agent', 'a')
  .requestHeader('token', 'user-agent', 'a')
  .requestHeader('refresh', 'user-agent', 'a');

ruleTable(pick(oauthLegRules, 'edge-requires-user-agent'), {
  valid: {
    'anonymous requests are answered': edit(),
    'a server says no in JSON, which no firewall does': edit().answer('registration', 403, {
      error: 'access_denied',
    }),
  },
  invalid: {
    'one is forbidden': [
      edit().text('prm', 'Request blocked.', 'text/html').status('prm', 403),
      { message: 'without User-Agent was answered 403', at: 'prm/response/status' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('token', 'EPIPE', 'wait') },
  notApplicable: { 'every request names one': named.status('prm', 403) },
});

const imported = edit().metadata({ source: 'har' });

ruleTable(pick(oauthLegRules, 'client-stalls-after-registration'), {
  valid: {
    'it went on': imported,
    'it went on in a browser nobody recorded': imported.without('authorize'),
  },
  invalid: {
    'the trace ends there': [
      imported.without('authorize', 'token', 'refresh'),
      { message: 'ends after a registration that succeeded', at: 'registration/response/status' },
    ],
  },
  inconclusive: {
    'nobody knows whether it was registered': imported
      .without('authorize', 'token', 'refresh')
      .cut('registration'),
  },
  notApplicable: {
    'a trace of this tool': edit().without('authorize', 'token', 'refresh'),
    'nothing was registered': imported.without('registration'),
  },
});
