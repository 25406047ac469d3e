import { describe, expect, it } from 'vitest';
import { type Cause, findCause } from '../../src/rules/cause.ts';
import { EXPLAINING_RULES, FEEDING_RULES } from '../../src/rules/cause-rules.ts';
import { findRule } from '../../src/rules/index.ts';
import { judge } from '../../src/rules/judge.ts';
import { STEP_IDS } from '../../src/trace/schema.ts';
import { type Edit, edit, happyTrace, PARTS } from './support.ts';

function causeOf({ trace }: Edit): Cause | undefined {
  return findCause(trace, judge(trace).findings);
}

/** The cause without the help of any finding. */
function bareCauseOf({ trace }: Edit): Cause | undefined {
  return findCause(trace, []);
}

it('a flow that completed has no cause', () => {
  expect(causeOf(edit())).toBeUndefined();
});

it.each(['open', 'interrupted'] as const)('a flow that ended %s has no cause', (outcome) => {
  const { trace } = edit().failedAt('call');
  const summary = { ...trace.sequence_summary, outcome };
  expect(findCause({ ...trace, sequence_summary: summary }, [])).toBeUndefined();
});

it('a flow that failed nowhere has no cause', () => {
  const { trace } = edit().failedAt('call');
  const summary = { ...trace.sequence_summary, failed_step: null };
  expect(findCause({ ...trace, sequence_summary: summary }, [])).toBeUndefined();
});

it('every explaining rule exists, and every step is one of the sequence', () => {
  for (const table of [EXPLAINING_RULES, FEEDING_RULES]) {
    const ids = Object.values(table).flat();
    expect(ids.filter((id) => !findRule(id))).toEqual([]);
    expect(STEP_IDS).toEqual(expect.arrayContaining(Object.keys(table)));
  }
});

describe('a finding explains', () => {
  it('a refused client by the method it was registered with', () => {
    const cause = causeOf(
      edit()
        .body('registration', {
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: 's3cr3t-3kP9xQ7tLm',
          client_secret_expires_at: 0,
        })
        .answer('token', 401, { error: 'invalid_client' })
        .failedAt('token'),
    );
    expect(cause).toMatchObject({ step: 'token', fault: 'client', exchange: PARTS.token });
    expect(cause?.finding?.rule.id).toBe('client-auth-method-mismatch');
    expect(cause?.message).toContain(
      'the token endpoint answered 401 invalid_client: the registration returned client_secret_basic and the request used none',
    );
  });

  it('a refused client that authenticated as agreed', () => {
    const cause = causeOf(
      edit().answer('token', 401, { error: 'invalid_client' }).failedAt('token'),
    );
    expect(cause?.message).toContain('the token endpoint answered 401 invalid_client');
    expect(cause?.message).toContain('the registration returned none and the request used none');
  });

  it('a closed registration, though it weighs little', () => {
    const cause = causeOf(
      edit().answer('registration', 401, { error: 'invalid_token' }).failedAt('registration'),
    );
    expect(cause?.finding?.rule.id).toBe('dcr-closed');
  });

  it.each([
    ['registration', 'registration'],
    ['token', 'token'],
    ['call', 'hello'],
    ['refresh', 'refresh'],
  ] as const)('a bot check before the %s, and nothing else', (step, part) => {
    const checked = edit()
      .requestHeader(part, 'user-agent', 'a')
      .text(part, '<title>Just a moment...</title>', 'text/html')
      .status(part, 403)
      .failedAt(step);
    expect(causeOf(checked)?.finding?.rule.id).toBe('edge-challenge-html');
    const { findings } = judge(checked.trace);
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule }) => rule.id)).toEqual(['edge-challenge-html']);
  });

  it.each([
    ['a wrapper', { data: { access_token: 'abc', token_type: 'Bearer' } }, 'token-response-schema'],
    ['other names', { accessToken: 'abc' }, 'token-access-token-missing'],
    ['an error under 200', { error: 'invalid_grant' }, 'token-error-format'],
  ])('a token response without a token is told once: %s', (_, body, rule) => {
    const { findings } = judge(edit().answer('token', 200, body).failedAt('token').trace);
    expect(findings.map(({ rule: { id } }) => id)).toEqual([rule]);
    expect(findings[0]?.severity).toBe('error');
  });

  it('a wrong 406 before the token is asked for, and nothing else', () => {
    const { trace } = edit().answer('challenge', 406, {}).failedAt('challenge');
    const ids = judge(trace).findings.map(({ rule }) => rule.id);
    expect(ids).toEqual(['transport-accept-rejected']);
  });

  it('a step that stopped on purpose', () => {
    const cause = causeOf(
      edit(happyTrace('2026-07-28'))
        .query('callback', { iss: 'https://elsewhere.test' })
        .failedAt('authorization', 'iss of the callback differs', 'refused'),
    );
    expect(cause?.finding?.rule.id).toBe('authz-iss-mismatch');
  });

  it('a step that had nothing to send, by the step that fed it', () => {
    const cause = causeOf(
      edit()
        .body('asm', {
          registration_endpoint: undefined,
          client_id_metadata_document_supported: undefined,
        })
        .without('registration')
        .failedAt('registration', 'no way to register'),
    );
    expect(cause?.finding?.rule.id).toBe('asm-no-registration-path');
    expect(cause?.exchange).toBe(PARTS.asm);
  });

  it('nothing of another step, unless it fed the one that failed', () => {
    const overHttp = edit()
      .url('challenge', 'http://mcp.example.com/team/mcp')
      .status('token', 500)
      .failedAt('token');
    expect(judge(overHttp.trace).findings.map(({ rule }) => rule.id)).toContain(
      'insecure-transport',
    );
    expect(causeOf(overHttp)).toMatchObject({ finding: undefined, exchange: PARTS.token });
  });

  it('an answer over http by what it says, not by the want of TLS', () => {
    const cause = causeOf(
      edit()
        .metadata({ server_url: 'http://mcp.example.com/team/mcp' })
        .url('challenge', 'http://mcp.example.com/team/mcp')
        .status('challenge', 403)
        .failedAt('challenge'),
    );
    expect(cause?.finding?.rule.id).toBe('forbidden-instead-of-unauthorized');
  });

  it('an issuer with a query by that, not by its being another', () => {
    const cause = causeOf(
      edit()
        .body('asm', { issuer: 'https://login.example.com/?tenant=1' })
        .failedAt('server-metadata', 'issuer differs', 'refused'),
    );
    expect(cause?.finding?.rule.id).toBe('asm-issuer-invalid');
  });

  it('nothing where the error beside it stops nobody', () => {
    const cause = causeOf(
      edit()
        .answer('token', 400, { error: 'invalid_grant' })
        .header('registration', 'cache-control', undefined)
        .failedAt('token'),
    );
    expect(cause?.finding).toBeUndefined();
    expect(cause?.message).toContain('invalid_grant');
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'Renew'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'host name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', '--cacert'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '--cacert'],
    ['CERT_REVOKED', 'certificate of a public authority'],
  ])('a certificate that ended the flow, told once: %s', (code, fix) => {
    const cause = causeOf(edit().noAnswer('asm', code, 'tls').failedAt('server-metadata'));
    expect(cause?.finding?.rule.id).toBe('insecure-transport');
    expect(cause).toMatchObject({ fault: 'deployment', exchange: PARTS.asm });
    expect(cause?.fix).toContain(fix);
  });

  it('no finding about another exchange where a connection broke', () => {
    const cause = causeOf(
      edit()
        .url('prm', 'http://api.demo.test/prm')
        .noAnswer('asm', 'ECONNREFUSED')
        .failedAt('server-metadata'),
    );
    expect(cause?.finding).toBeUndefined();
  });

  it('an error of the same step where a run was refused over it and no list names it', () => {
    const { trace } = edit().failedAt('authorization', 'stopped', 'refused');
    const [finding] = judge(
      edit(trace).query('authorize', { redirect_uri: 'http://evil.test/cb' }).trace,
    ).findings.filter(({ rule }) => rule.id === 'client-redirect-uri-insecure');
    expect(findCause(trace, finding ? [finding] : [])?.finding).toBe(finding);
  });
});

describe('without a finding', () => {
  it.each([
    ['ECONNREFUSED', 'connect', 'nothing accepts connections', 'Start the server'],
    ['ENOTFOUND', 'dns', 'does not resolve', 'spelling'],
    ['TIMEOUT', 'wait', 'in time', 'firewall'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'does not speak TLS', 'http://'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls', 'client certificate', '--cert'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls', 'client certificate', '--cert'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls', 'broke off the TLS handshake', 'cipher'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls', 'broke off the TLS handshake', 'cipher'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls', 'no version of TLS in common', 'TLS 1.2'],
    ['ERR_SSL_BAD_EXTENSION', 'tls', 'TLS handshake failed', 'openssl s_client'],
    ['NOT_HTTP', 'wait', 'is not HTTP', 'port'],
    ['HEADERS_TOO_LARGE', 'wait', 'larger than 16 KiB', 'shorter headers'],
    ['toString', 'request', 'no answer came', 'running'],
  ] as const)('no answer with %s is explained', (code, phase, message, fix) => {
    const cause = causeOf(edit().noAnswer('challenge', code, phase).failedAt('challenge'));
    expect(cause?.message).toContain(message);
    expect(cause?.fix).toContain(fix);
    expect(cause).toMatchObject({ fault: 'deployment', exchange: PARTS.challenge });
  });

  it.each([
    ['http:', 'wait', true],
    ['http:', 'receive', false],
    ['https:', 'wait', false],
  ] as const)(
    'a hang-up over %s while %s may mean that TLS is spoken there: %s',
    (scheme, phase, may) => {
      const { url } = edit().trace.trace_log[0]?.request ?? { url: '' };
      const cause = bareCauseOf(
        edit()
          .url('challenge', url.replace('https:', scheme))
          .noAnswer('challenge', 'CONNECTION_CLOSED', phase)
          .failedAt('challenge'),
      );
      expect(/https:\/\//.test(cause?.fix ?? '')).toBe(may);
    },
  );

  it('a hang-up of a server that has answered before does not mean TLS', () => {
    const { url } = edit().trace.trace_log[3]?.request ?? { url: '' };
    const plain = url.replace('https:', 'http:');
    const cause = bareCauseOf(
      edit()
        .again('registration', (one) => one, 90)
        .url('registration', plain)
        .url(90, plain)
        .noAnswer(90, 'CONNECTION_CLOSED', 'wait')
        .failedAt('registration'),
    );
    expect(cause?.message).toContain('was closed');
    expect(cause?.fix).not.toContain('TLS');
  });

  it.each([
    ['BODY_CUT_OFF', 'ended before all of it', 'Content-Length'],
    ['BODY_NOT_DECODABLE', 'content-encoding it announces', 'Content-Encoding'],
    ['BODY_TOO_LARGE', 'went on and on', 'log'],
    ['CONNECTION_CLOSED', 'closed before the answer was complete', 'log'],
    ['TIMEOUT', 'in time', 'cold start'],
  ] as const)('half an answer with %s is explained, and by nothing else', (code, message, fix) => {
    const broken = edit().brokenOff('token', code).failedAt('token');
    const cause = causeOf(broken);
    expect(cause).toMatchObject({ finding: undefined, fault: 'deployment' });
    expect(cause?.message).toContain('got no whole answer');
    expect(cause?.message).toContain(message);
    expect(cause?.fix).toContain(fix);
    expect(judge(broken.trace).findings).toEqual([]);
  });

  it('a stream on which no response comes is told from a server that says nothing', () => {
    const cause = causeOf(
      edit()
        .text('list', ': ping\n\n', 'text/event-stream')
        .brokenOff('list', 'TIMEOUT')
        .failedAt('call'),
    );
    expect(cause?.message).toContain('the event stream stayed open');
    expect(cause?.fix).toContain('proxy');
  });

  it.each([
    ['registration', 'registration', 'registration_endpoint'],
    ['authorization', 'authorize', 'authorization_endpoint'],
    ['token', 'token', 'token_endpoint'],
  ] as const)('an endpoint out of reach is traced to the metadata: %s', (step, part, member) => {
    const first = edit().without('login', 'consent-page', 'consent', 'callback');
    const cause = causeOf(first.noAnswer(part, 'ECONNREFUSED').failedAt(step));
    expect(cause?.fix).toContain(`The metadata names it as ${member}`);
    const later = causeOf(first.noAnswer(part, 'ECONNRESET', 'wait').failedAt(step));
    expect(later?.fix).not.toContain('metadata');
  });

  it('a server that is busy over the first request is to be waited for', () => {
    const cause = causeOf(edit().answer('challenge', 429, {}).failedAt('challenge'));
    expect(cause?.fix).toContain('wait, or raise the limit');
  });

  it('metadata behind a login is told by that, whatever the other place answered', () => {
    const cause = causeOf(
      edit()
        .answer('asm', 403, { message: 'Forbidden' })
        .again('asm', (one) => ({
          ...one,
          request: {
            ...one.request,
            url: 'https://login.demo.test/.well-known/openid-configuration/t1',
          },
          response: one.response && { ...one.response, status: 404 },
        }))
        .failedAt('server-metadata'),
    );
    expect(cause?.finding?.rule.id).toBe('prm-behind-auth');
  });

  it('a callback without code and error is told what belongs there', () => {
    const cause = causeOf(edit().query('callback', { code: undefined }).failedAt('authorization'));
    expect(cause?.fix).toContain('with code and state, or with an error');
  });

  it('a form that was refused for its cookie is not the user’s to mend', () => {
    const cause = causeOf(
      edit()
        .text('login', 'Session cookie missing', 'text/plain')
        .status('login', 403)
        .without('consent-page', 'consent', 'callback')
        .failedAt('authorization', 'the login page refused it'),
    );
    expect(cause?.fault).toBe('deployment');
    expect(cause?.message).toContain('Session cookie missing');
  });

  it('the query of a URL that gave no answer is not repeated', () => {
    const cause = causeOf(edit().noAnswer('authorize', 'ECONNRESET').failedAt('authorization'));
    expect(cause?.message).not.toContain('client_id');
  });

  it.each([
    [404, 'registration_endpoint'],
    [501, 'registration_endpoint'],
    [500, 'log'],
    [400, 'description'],
  ])('a registration answered %s is explained', (status, fix) => {
    const cause = bareCauseOf(
      edit()
        .answer('registration', status, { error: 'invalid_client_metadata' })
        .failedAt('registration'),
    );
    expect(cause?.message).toContain(
      `registration failed: the registration endpoint answered ${status}`,
    );
    expect(cause?.fix).toContain(fix);
  });

  it('an initial access token that is refused is for whoever gave it', () => {
    const cause = causeOf(
      edit()
        .answer('registration', 401, { error: 'invalid_token' })
        .requestHeader('registration', 'authorization', 'Bearer initial-3kP9xQ7tLm')
        .failedAt('registration'),
    );
    expect(cause).toMatchObject({ fault: 'user', exchange: PARTS.registration });
    expect(cause?.fix).toContain('--registration-token');
  });

  it('a page that is not there is no registration endpoint', () => {
    const cause = causeOf(
      edit()
        .text('registration', '<h1>Cannot POST /clients</h1>', 'text/html')
        .status('registration', 404)
        .failedAt('registration'),
    );
    expect(cause?.fix).toContain('correct registration_endpoint');
  });

  it('a registration endpoint that was guessed in vain is the want of metadata', () => {
    const cause = causeOf(
      edit()
        .status('prm', 404)
        .status('asm', 404)
        .url('registration', 'https://api.demo.test/register')
        .text('registration', 'not found', 'text/plain')
        .status('registration', 404)
        .failedAt('registration'),
    );
    expect(cause?.finding?.rule.id).toBe('legacy-endpoint-fallback-used');
    expect(cause?.fix).toContain('API keys');
  });

  it.each([
    [404, 'Nothing takes MCP messages'],
    [405, 'Nothing takes MCP messages'],
    [501, 'Nothing takes MCP messages'],
    [500, 'See in the server’s log'],
    [422, 'Authenticate before'],
  ])('a first request that is answered %s is mended by its status', (status, fix) => {
    const start = edit().status('challenge', status);
    const bare = start.header('challenge', 'www-authenticate', undefined);
    expect(causeOf(bare.failedAt('challenge'))?.fix.indexOf(fix)).toBe(0);
  });

  it('a first request that an MCP server answers 404 came too early', () => {
    const error = { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no' } };
    const start = edit().answer('challenge', 404, error);
    const bare = start.header('challenge', 'www-authenticate', undefined);
    expect(causeOf(bare.failedAt('challenge'))?.fix).toContain('Authenticate before');
  });

  it('a page for people is first of all another URL', () => {
    const page = edit().text('challenge', '<title>Home</title>', 'text/html');
    expect(causeOf(page.status('challenge', 200).failedAt('challenge'))?.fix).toContain(
      'not a page for people',
    );
  });

  it('a refusal without an error code can only be told by the server', () => {
    const cause = bareCauseOf(edit().answer('registration', 400, {}).failedAt('registration'));
    expect(cause?.fix).toContain('Return an OAuth error code');
  });

  it('a registration that succeeded in vain is told by the step’s reason', () => {
    const cause = bareCauseOf(
      edit()
        .body('registration', { client_id: undefined })
        .failedAt('registration', 'no client_id'),
    );
    expect(cause?.message).toContain('the registration endpoint answered 201: no client_id');
  });

  it('an unknown client at the authorization endpoint points to the registration', () => {
    const cause = bareCauseOf(
      edit()
        .answer('authorize', 400, {
          error: 'invalid_request',
          error_description: 'Invalid client_id',
        })
        .without('login', 'consent-page', 'consent', 'callback')
        .failedAt('authorization'),
    );
    expect(cause?.message).toContain('authorization failed');
    expect(cause?.fix).toContain('registration failed or was lost');
  });

  it('an error in the callback is explained by its code', () => {
    const cause = bareCauseOf(
      edit()
        .query('callback', { code: undefined, error: 'access_denied', error_description: 'no' })
        .failedAt('authorization'),
    );
    expect(cause?.message).toContain('error "access_denied" ("no")');
    expect(cause?.fix).toContain('said no');
    expect(cause?.fault).toBe('authorization-server');
    expect(cause?.exchange).toBe(PARTS.callback);
  });

  it('a user who refused is nobody’s fault but the user’s', () => {
    const cause = bareCauseOf(
      edit()
        .query('callback', { code: undefined, error: 'access_denied' })
        .form('consent', { decision: 'deny' })
        .failedAt('authorization'),
    );
    expect(cause).toMatchObject({ fault: 'user' });
    expect(cause?.fix).toContain('The user said no');
  });

  const askedAgain = '<form method="post"><input type="password" name="password"></form>';
  const ends = {
    'with the form again': edit().text('login', askedAgain, 'text/html').status('login', 200),
    'with a bare sentence': edit()
      .text('login', 'Bad credentials', 'text/plain')
      .status('login', 401),
    'by a redirect to the form': edit()
      .text('consent-page', askedAgain, 'text/html')
      .exchange('consent-page', (page) => ({ ...page, caused_by: PARTS.login })),
  };

  it.each(Object.entries(ends))('a login refused %s is the user’s to mend', (how, trace) => {
    const isRedirected = how.startsWith('by');
    const cause = bareCauseOf(
      trace
        .without(...(isRedirected ? [] : ['consent-page' as const]), 'consent', 'callback')
        .failedAt('authorization', 'the login page refused it'),
    );
    expect(cause).toMatchObject({
      fault: 'user',
      message: 'the login page refused it',
      exchange: isRedirected ? PARTS['consent-page'] : PARTS.login,
    });
    expect(cause?.fix).toContain('--password');
  });

  it('a one-time password that is refused is the user’s to mend', () => {
    const cause = causeOf(
      edit()
        .form('login', { username: undefined, password: undefined, otp: '123456' })
        .text('login', 'Wrong', 'text/plain')
        .status('login', 401)
        .without('consent-page', 'consent', 'callback')
        .failedAt('authorization', 'the login page refused it'),
    );
    expect(cause).toMatchObject({ fault: 'user', finding: undefined });
    expect(cause?.fix).toContain('--otp-command');
  });

  it('a server that fails over a login is not the user’s to mend', () => {
    const cause = causeOf(
      edit()
        .text('login', 'Internal Server Error', 'text/plain')
        .status('login', 500)
        .without('consent-page', 'consent', 'callback')
        .failedAt('authorization', 'it answered with status 500'),
    );
    expect(cause).toMatchObject({ fault: 'authorization-server', exchange: PARTS.login });
    expect(cause?.fix).toContain('its log has the reason');
  });

  it.each([
    ['form', '--approve'],
    ['browser', '--consent-timeout'],
    ['print', '--consent paste'],
    ['paste', 'the whole address'],
    ['command', 'by hand'],
    ['toString', 'last page'],
  ])('a login by way of %s that brings no callback is for whoever runs it', (consent, fix) => {
    const alone = edit().without('authorize', 'login', 'consent-page', 'consent', 'callback');
    const seen = edit().without('consent', 'callback');
    for (const trace of [alone, seen]) {
      const cause = bareCauseOf(
        trace.metadata({ consent }).failedAt('authorization', 'no one came'),
      );
      expect(cause).toMatchObject({ fault: 'user' });
      expect(cause?.message).toContain('no one came');
      expect(cause?.fix).toContain(fix);
      expect(cause?.fix).not.toContain(`--consent ${consent}`);
    }
  });

  it('a redirect that leads nowhere is the authorization server’s', () => {
    const cause = bareCauseOf(
      edit().status('consent', 302).without('callback').failedAt('authorization', 'in circles'),
    );
    expect(cause).toMatchObject({ fault: 'authorization-server', exchange: PARTS.consent });
    expect(cause?.fix).toContain('redirect');
  });

  it('a callback without code and error is the authorization server’s', () => {
    const cause = bareCauseOf(
      edit().query('callback', { code: undefined }).failedAt('authorization', 'no code'),
    );
    expect(cause).toMatchObject({ fault: 'authorization-server', exchange: PARTS.callback });
    expect(cause?.fix).toContain('code');
  });

  it('a device grant without its endpoint is told so', () => {
    const nothing = edit().without('authorize', 'login', 'consent-page', 'consent', 'callback');
    const cause = bareCauseOf(
      nothing
        .metadata({ options: { grant: 'device_code' } })
        .failedAt('authorization', 'no device_authorization_endpoint'),
    );
    expect(cause).toMatchObject({ fault: 'authorization-server' });
    expect(cause?.fix).toContain('device_authorization_endpoint');
  });

  it('a verifier that does not fit is the client’s fault', () => {
    const cause = bareCauseOf(
      edit()
        .form('token', { code_verifier: 'another-verifier-0123456789-0123456789-0123456789' })
        .answer('token', 400, { error: 'invalid_grant' })
        .failedAt('token'),
    );
    expect(cause).toMatchObject({ fault: 'client' });
    expect(cause?.message).toContain('PKCE');
  });

  it('another redirect_uri is the client’s fault', () => {
    const cause = bareCauseOf(
      edit()
        .form('token', { redirect_uri: 'http://127.0.0.1:1/callback' })
        .answer('token', 400, { error: 'invalid_grant' })
        .failedAt('token'),
    );
    expect(cause).toMatchObject({ fault: 'client' });
    expect(cause?.message).toContain('127.0.0.1:1');
  });

  it('a right code that is refused points to PKCE on the server', () => {
    const cause = bareCauseOf(
      edit()
        .answer('token', 400, { error: 'invalid_grant', error_description: 'bad code' })
        .failedAt('token'),
    );
    expect(cause).toMatchObject({ fault: 'authorization-server' });
    expect(cause?.fix).toContain('PKCE');
  });

  it('credentials of the user that are refused are the user’s to check', () => {
    const cause = causeOf(
      edit()
        .without('registration')
        .metadata({ options: { client_id_given: true } })
        .answer('token', 401, { error: 'invalid_client' })
        .failedAt('token'),
    );
    expect(cause).toMatchObject({ fault: 'user' });
    expect(cause?.fix).toContain('--client-id');
  });

  it('a refused assertion is explained by what assertions are refused for', () => {
    const cause = bareCauseOf(
      edit()
        .form('token', {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: 'a.b.c',
          code_verifier: undefined,
        })
        .answer('token', 400, { error: 'invalid_grant' })
        .failedAt('token'),
    );
    expect(cause?.message).toContain('assertion');
    expect(cause?.message).not.toContain('verifier');
    expect(cause?.fix).toContain('aud');
  });

  it('a refused refresh token is explained', () => {
    const cause = bareCauseOf(
      edit()
        .answer('refresh', 400, { error: 'invalid_grant' })
        .without('refreshed-list')
        .failedAt('refresh'),
    );
    expect(cause?.message).toContain('newest refresh token');
  });

  it.each([
    ['invalid_client', 'authentication method'],
    ['invalid_target', 'RFC 8707'],
    ['something_else', 'OAuth error code'],
    ['constructor', 'OAuth error code'],
  ])('the token error %s is explained', (error, fix) => {
    const cause = bareCauseOf(edit().answer('token', 400, { error }).failedAt('token'));
    expect(cause?.message).toContain(error);
    expect(cause?.fix).toContain(fix);
  });

  it.each([
    [404, 'token_endpoint'],
    [405, 'token_endpoint'],
    [501, 'token_endpoint'],
    [429, 'limit'],
  ])('a token endpoint that answers %s is explained', (status, fix) => {
    const cause = causeOf(
      edit().text('token', 'no', 'text/plain').status('token', status).failedAt('token'),
    );
    expect(cause?.fix).toContain(fix);
  });

  it('a token endpoint that crashed points to its log', () => {
    const cause = bareCauseOf(edit().status('token', 500).failedAt('token'));
    expect(cause?.fix).toContain('log');
  });

  it('a token response that could not be used is told by the step’s reason', () => {
    const cause = bareCauseOf(edit().body('token', {}).failedAt('token', 'no access_token'));
    expect(cause?.message).toContain('the token endpoint answered 200: no access_token');
  });

  it.each([
    [401, 'deployment', 'invalid or expired'],
    [403, 'mcp-server', 'scope'],
    [405, 'mcp-server', 'takes POST'],
    [501, 'mcp-server', 'takes POST'],
    [500, 'mcp-server', 'log'],
    [418, 'mcp-server', 'Read'],
  ])('an MCP request answered %s is explained', (status, fault, fix) => {
    const cause = bareCauseOf(
      edit().status('hello', status).without('initialized', 'list', 'call').failedAt('call'),
    );
    expect(cause).toMatchObject({ fault, exchange: PARTS.hello });
    expect(cause?.fix).toContain(fix);
  });

  it('a refreshed token that is refused is explained as a call is', () => {
    const cause = bareCauseOf(edit().status('refreshed-list', 401).failedAt('refresh'));
    expect(cause?.message).toContain('the MCP request with the token failed');
  });

  const refusedCall = (message: string): Edit =>
    edit().body('call', { result: undefined, error: { code: -32602, message } });

  it.each([
    [
      'in words, as the v1 SDK does',
      -32000,
      'Bad Request: Unsupported protocol version: 2026-07-28',
    ],
    ['by its code', -32022, 'no'],
  ])('a revision that the server refuses %s was asked for by the user', (_, code, message) => {
    const refused = edit(happyTrace('2026-07-28'))
      .answer('hello', 400, { jsonrpc: '2.0', id: 1, error: { code, message } })
      .without('list', 'call')
      .failedAt('call');
    const cause = bareCauseOf(refused.revision('2026-07-28', null));
    expect(cause).toMatchObject({ fault: 'user', exchange: PARTS.hello });
    expect(cause?.fix).toContain('--revision auto');
    expect(bareCauseOf(refused.revision('auto', null))?.fault).toBe('mcp-server');
  });

  it('a tool that the server does not list is the mistake of whoever named it', () => {
    const cause = bareCauseOf(
      refusedCall('Tool nosuch not found')
        .requestBody('call', { params: { name: 'nosuch', arguments: {} } })
        .again('list')
        .failedAt('call', 'a JSON-RPC error came'),
    );
    expect(cause).toMatchObject({ fault: 'user', exchange: PARTS.call });
    expect(cause?.message).toContain('"nosuch"');
    expect(cause?.fix).toContain('for this user: "whoami".');
  });

  it('arguments that a tool refuses are to be compared with its schema', () => {
    const cause = bareCauseOf(refusedCall('text is required').failedAt('call'));
    expect(cause).toMatchObject({ fault: 'user', exchange: PARTS.call });
    expect(cause?.fix).toContain('inputSchema');
  });

  it('another JSON-RPC error is the server’s', () => {
    const cause = bareCauseOf(
      edit()
        .body('call', { result: undefined, error: { code: -32603, message: 'disk full' } })
        .failedAt('call', 'tools/call was answered with JSON-RPC error -32603'),
    );
    expect(cause).toMatchObject({ fault: 'mcp-server', exchange: PARTS.call });
    expect(cause?.message).toContain('-32603');
    expect(cause?.fix).toContain('log');
  });

  it('a notification that is refused is told what notifications get', () => {
    const error = { code: -32600, message: 'Invalid Request' };
    const cause = bareCauseOf(
      edit().answer('initialized', 400, { jsonrpc: '2.0', id: null, error }).failedAt('call'),
    );
    expect(cause?.message).toContain('notifications/initialized with the token failed');
    expect(cause?.message).toContain('400 ("Invalid Request"), expected 202');
    expect(cause?.fix).toContain('empty body');
  });

  it('neither the good-bye nor a stream that was offered is what broke a call', () => {
    const asides = refusedCall('text is required')
      .again('goodbye', (one) => ({ ...one, step: 'call' }), 30)
      .status(30, 405)
      .again(30, ({ request, ...one }) => ({ ...one, request: { ...request, method: 'GET' } }), 31);
    expect(bareCauseOf(asides.failedAt('call', 'a JSON-RPC error came'))?.exchange).toBe(
      PARTS.call,
    );
  });

  it('a call that was answered and not fulfilled is told by the step’s reason', () => {
    const cause = bareCauseOf(edit().failedAt('call', 'a JSON-RPC error came'));
    expect(cause?.message).toContain('a JSON-RPC error came');
  });

  it.each([
    [404, 'host and path'],
    [405, 'host and path'],
    [501, 'host and path'],
    [503, 'log'],
    [302, 'Read the answer'],
  ])('a first request answered %s is explained', (status, fix) => {
    const cause = bareCauseOf(edit().status('challenge', status).failedAt('challenge'));
    expect(cause?.message).toContain(`answered ${status}`);
    expect(cause?.fix).toContain(fix);
  });

  it.each([404, 405, 501])('a URL that answers %s is said to be no MCP endpoint', (status) => {
    const cause = causeOf(edit().status('challenge', status).failedAt('challenge'));
    expect(cause?.finding).toBeUndefined();
    expect(cause).toMatchObject({ fault: 'deployment', exchange: PARTS.challenge });
    expect(cause?.message).toMatch(
      /\/team\/mcp" answered \d+.*, expected 401 from an MCP endpoint$/,
    );
    expect(cause?.fix).toContain('/mcp, /mcp/ and /');
  });

  it('a URL that answers something of its own is said to be no MCP endpoint', () => {
    const cause = causeOf(
      edit()
        .answer('challenge', 200, { status: 'ok' })
        .header('challenge', 'www-authenticate', undefined)
        .failedAt('challenge'),
    );
    expect(cause).toMatchObject({ fault: 'deployment', exchange: PARTS.challenge });
    expect(cause?.fix).toContain('/mcp, /mcp/ and /');
  });

  it('a step that is none of ours is explained in general words', () => {
    const { trace } = edit().exchange('deletion', (one) => ({ ...one, step: 'custom' }));
    const record = {
      id: 'custom',
      outcome: 'failed' as const,
      reason: null,
      exchanges: [PARTS.deletion],
      duration_ms: 1,
    };
    const summary = {
      ...trace.sequence_summary,
      outcome: 'failed' as const,
      failed_step: 'custom',
      steps: [record],
    };
    expect(findCause({ ...trace, sequence_summary: summary }, [])?.message).toBe(
      'the server answered 204',
    );
  });

  it.each([
    ['registration', 'no way to register', 'authorization-server'],
    ['authorization', 'the port is taken', 'user'],
    ['token', 'no key', 'client'],
  ] as const)('a %s that sent nothing is told by its reason', (step, reason, fault) => {
    const nothing = edit().without(
      'registration',
      'authorize',
      'login',
      'consent-page',
      'consent',
      'callback',
      'token',
    );
    const cause = bareCauseOf(nothing.failedAt(step, reason));
    expect(cause).toMatchObject({ fault, exchange: undefined });
    expect(cause?.message).toContain(reason);
  });

  it('a step that says nothing and sent nothing is named', () => {
    const cause = bareCauseOf(edit().without('registration').failedAt('registration', ''));
    expect(cause?.message).toBe('registration failed before anything was sent');
  });

  it('a step whose record is missing is named by the summary', () => {
    const { trace } = edit().failedAt('token', 'broken');
    const summary = { ...trace.sequence_summary, steps: [], reason: null };
    expect(findCause({ ...trace, sequence_summary: summary }, [])).toMatchObject({ step: 'token' });
  });
});
