import { insecureTransport } from '../../src/rules/insecure-transport.ts';
import { edit, ruleTable } from './support.ts';

const nothing = edit({ ...edit().trace, trace_log: [] });
const tls = (change: object) =>
  edit().exchange('token', (one) => ({
    ...one,
    connection: {
      ...one.connection,
      tls: one.connection.tls && { ...one.connection.tls, authorized: false, ...change },
    },
  }));

ruleTable(insecureTransport, {
  valid: {
    https: edit(),
    'http on loopback': edit().url('token', 'http://localhost:9000/token'),
    'a TLS failure that is not about trust': edit().noAnswer('token', 'ECONNRESET', 'tls'),
    'a server that refuses the certificate of the client': edit().noAnswer(
      'token',
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'tls',
    ),
    'a URL that is none': edit().url('token', 'token'),
    'a connection that a server logged, which sees no certificate': tls({ certificate: null }),
  },
  invalid: {
    http: [
      edit().url('token', 'http://login.demo.test/token'),
      {
        message: 'a request went to "http://login.demo.test" over http, expected https',
        at: 'token/request/url',
      },
    ],
    'a broken http URL': [edit().url('token', 'http://'), { message: '"http://"' }],
    'a certificate that was let pass': [
      tls({ authorization_error: 'CERT_HAS_EXPIRED' }),
      { message: 'is not trusted (CERT_HAS_EXPIRED)', at: 'token/connection/tls' },
    ],
    'a certificate for no given reason': [
      tls({ certificate: { subject: '', issuer: '', valid_from: '', valid_to: '', names: [] } }),
      { message: '(unknown reason)' },
    ],
    'a certificate that ended the flow': [
      edit().noAnswer('prm', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'),
      { message: 'of "https://api.demo.test" is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)' },
    ],
  },
  inconclusive: {
    'no answer': edit().noAnswer('challenge', 'ENOTFOUND', 'dns').failedAt('challenge'),
  },
  notApplicable: { 'no request': nothing },
});
