import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/trace/redact.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { machineLabel } from '../../src/trace/secret.ts';
import { happyTrace } from '../rules/happy-trace.ts';
import { exchange, formBody, jsonBody, type Parts, textBody, traceOf } from './support.ts';

const TOKEN = 'Xq7-mB3kPz0Vt9Hs2Wn6Kd4Rf8Jc5Ly1';
const PASSWORD = 'correct horse & "battery"';

function jwt(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const redactOne = (parts: Parts, known: Parameters<typeof redact>[1] = []) =>
  redact(traceOf(parts), known).trace_log[0] as Trace['trace_log'][number];
const bodyOf = (parts: Parts, known: Parameters<typeof redact>[1] = []): string =>
  redactOne(parts, known).response?.body?.text ?? '';
const headerOf = (name: string, value: string): string =>
  redactOne({ responseHeaders: [[name, value]] }).response?.headers[0]?.[1] ?? '';
const requestHeaderOf = (name: string, value: string): string =>
  redactOne({ headers: [[name, value]] }).request.headers[0]?.[1] ?? '';

describe('headers', () => {
  it.each([
    ['Bearer', `Bearer ${TOKEN}`, `Bearer ${machineLabel('access_token', TOKEN)}`],
    [
      'an odd number of spaces',
      `bearer   ${TOKEN}`,
      `bearer   ${machineLabel('access_token', TOKEN)}`,
    ],
    ['an unknown scheme', 'Digest username="a", response="b1"', 'Digest <credentials #1>'],
    ['no scheme', 'sk-live-1234567890', '<credentials #1>'],
    ['a scheme alone', 'Bearer', 'Bearer'],
  ])('labels Authorization with %s', (_, value, expected) => {
    expect(requestHeaderOf('authorization', value)).toBe(expected);
  });

  it('labels each cookie value and keeps the names', () => {
    expect(requestHeaderOf('Cookie', 'a=1; sid="s%3Aabc.def"; a=2; flag')).toBe(
      'a=<cookie #1>; sid="<cookie #2>"; a=<cookie #3>; <cookie #4>',
    );
  });

  it('labels a set cookie and keeps its attributes', () => {
    expect(headerOf('set-cookie', 'sid=abc; Path=/; SameSite=Lax')).toBe(
      'sid=<cookie #1>; Path=/; SameSite=Lax',
    );
  });

  it('keeps the challenge readable beside its nonce', () => {
    expect(
      headerOf(
        'WWW-Authenticate',
        'DPoP error="use_dpop_nonce", nonce="n1n2n3n4n5n6n7", algs="ES256"',
      ),
    ).toBe(
      `DPoP error="use_dpop_nonce", nonce="${machineLabel('nonce', 'n1n2n3n4n5n6n7')}", algs="ES256"`,
    );
  });

  it.each(['resourceMetadata', 'Resource_Metadata', 'AUTHORIZATION_Uri'])(
    'takes %s behind its scheme for the name that it is',
    (name) => {
      const challenge = `Bearer ${name}="https://a.test/x", scope="a b"`;
      expect(headerOf('www-authenticate', challenge)).toBe(challenge);
    },
  );

  it('takes what stands there without quotes for a token still', () => {
    expect(headerOf('www-authenticate', `Bearer ${TOKEN}`)).not.toContain(TOKEN);
  });

  it('reads a header called constructor like any other', () => {
    expect(headerOf('constructor', 'x')).toBe('x');
  });
});

describe('URLs', () => {
  it.each([
    ['the query', '/cb?code=abc&iss=x', '/cb?code=%3Ccode%20%231%3E&iss=x'],
    ['the fragment', '/cb#state=abc&x=1', '/cb#state=%3Cstate%20%231%3E&x=1'],
    [
      'the user-info',
      'https://me:pw@demo.test/?q=1',
      'https://%3Curl_credentials%20%231%3E:%3Curl_credentials%20%232%3E@demo.test/?q=1',
    ],
    ['nothing', '/authorize?client_id=c-1&code_challenge=abc&scope=a+b%20c', undefined],
    ['a broken escape', '/x?y=%zz&code=%', '/x?y=%zz&code=%3Ccode%20%231%3E'],
  ])('labels %s of a Location', (_, url, expected) => {
    expect(headerOf('location', url)).toBe(expected ?? url);
  });

  it('labels a secret in a URL that stands in running text', () => {
    expect(bodyOf({ responseBody: textBody('go to https://a.test/?code=abc. Now.') })).toBe(
      'go to https://a.test/?code=%3Ccode%20%231%3E. Now.',
    );
  });

  it('keeps the address of the server in step with the requests to it', () => {
    const url = 'https://me:pw@demo.test/mcp';
    const trace = traceOf({ url });
    const { metadata, trace_log } = redact({
      ...trace,
      metadata: { ...trace.metadata, server_url: url },
    });
    expect(metadata.server_url).not.toContain('pw@');
    expect(trace_log[0]?.request.url).toBe(metadata.server_url);
  });
});

describe('JSON', () => {
  it('keeps every byte around a label', () => {
    const text = `{ "a" : 1.50,\r\n "access_token":"${TOKEN}" , "a": [true, "\\u00e9"] }`;
    expect(bodyOf({ responseBody: textBody(text, 'application/json') })).toBe(
      text.replace(TOKEN, machineLabel('access_token', TOKEN)),
    );
  });

  it.each([
    ['a JSON-RPC error code', { error: { code: -32601, message: 'x' } }],
    ['an error code of a database', { code: '42P01', detail: 'relation' }],
    ['a state of another kind', { state: 'New York' }],
    ['an error code in words', { code: 'invalid_request', state: 'active' }],
    ['the name of a tool', { name: 'whoami', description: 'Says who you are' }],
    [
      'a schema of a password',
      { properties: { password: { type: 'string' } }, required: ['password'] },
    ],
    ['supported claims', { claims_supported: ['sub', 'email', 'name'], token_endpoint: '/token' }],
    ['what is no string', { access_token: null, refresh_token: false, id_token: {} }],
  ])('leaves %s as it is', (_, document) => {
    expect(bodyOf({ responseBody: jsonBody(document) })).toBe(JSON.stringify(document));
  });

  it('labels a typed number', () => {
    expect(bodyOf({ responseBody: textBody('{"otp": 123456}', 'application/json') })).toBe(
      '{"otp": "<otp #1>"}',
    );
  });

  it('labels the private members of a key and no others', () => {
    const key = { kty: 'EC', crv: 'P-256', x: 'public-x-coordinate', d: 'private-d-coordinate' };
    expect(JSON.parse(bodyOf({ responseBody: jsonBody(key) }))).toEqual({
      ...key,
      d: machineLabel('private_key', key.d),
    });
  });

  it('labels who a person is', () => {
    const person = {
      sub: 'u-1',
      name: 'Ada Lovelace',
      email: 'ada@demo.test',
      picture: 'https://demo.test/ada.png',
    };
    expect(JSON.parse(bodyOf({ responseBody: jsonBody(person) }))).toEqual({
      sub: '<subject #1>',
      name: '<name #1>',
      email: '<email #1>',
      picture: '<picture #1>',
    });
  });

  it('labels what stands in an array under a secret name', () => {
    expect(
      bodyOf({ responseBody: textBody('{"password":["a","b"],"x":["a"]}', 'application/json') }),
    ).toBe('{"password":["<password #1>","<password #2>"],"x":["a"]}');
  });
});

describe('pages', () => {
  it('labels hidden and password values and keeps the OAuth parameters', () => {
    const text = bodyOf({
      responseBody: textBody(
        `<form action="/login?x=1"><input type=hidden name="tx" value="f3A9-kk02-LLm1-9999"><input type='hidden' name='client_id' value='c-1234567890abcdefABC'><input type="password" name="p" value="hush"></form>`,
        'text/html',
      ),
    });
    expect(text).toBe(
      `<form action="/login?x=1"><input type=hidden name="tx" value="&#60;form_token ${machineLabel('form_token', 'f3A9-kk02-LLm1-9999').slice(12, -1)}&#62;"><input type='hidden' name='client_id' value='c-1234567890abcdefABC'><input type="password" name="p" value="&#60;password #1&#62;"></form>`,
    );
  });

  it('labels the field that a page asked a password for, whatever its name', () => {
    const redacted = redact(
      traceOf(
        { responseBody: textBody('<input type=password name=geheim>', 'text/html') },
        { body: formBody({ user: 'ada', geheim: 'abc' }) },
      ),
    );
    expect(redacted.trace_log[1]?.request.body?.text).toBe('user=ada&geheim=%3Cpassword%20%231%3E');
  });

  it('leaves a challenge readable where a page carries it under another name', () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const page = `<input type="hidden" name="cc" value="${challenge}">`;
    const redacted = redact(
      traceOf({
        url: `http://localhost/authorize?code_challenge=${challenge}`,
        responseBody: textBody(page, 'text/html'),
      }),
    );
    expect(redacted.trace_log[0]?.response?.body?.text).toBe(page);
  });

  it.each([
    ['a script', '<script>window.t = {"access_token": "@"};</script>'],
    ['a comment', '<!-- access_token=@ -->'],
    ['a cut tag', '<input type=hidden name=csrf value="@'],
    ['prose in brackets sent as JSON', '[INFO] see /x?code=@ now', 'application/json'],
    ['a page sent as JSON', '<a href="/x?code=@">go</a>', 'application/json'],
  ])('labels a secret in %s', (_, html, type = 'text/html') => {
    expect(bodyOf({ responseBody: textBody(html.replace('@', TOKEN), type) })).not.toContain(TOKEN);
  });
});

describe('events', () => {
  it('labels JSON in the data of each event and keeps the lines', () => {
    const spread = `data: {\ndata: "refresh_token": "short",\ndata: "x": 1}\n\n`;
    expect(bodyOf({ responseBody: textBody(spread, 'text/event-stream') })).toBe(
      spread.replace('short', '<refresh_token #1>'),
    );
    const events = `: hi "there\r\nid: 1\r\ndata: {"access_token":"${TOKEN}"}\r\n\r\ndata: x\r\n\r\n`;
    expect(bodyOf({ responseBody: textBody(events, 'text/event-stream') })).toBe(
      events.replace(TOKEN, machineLabel('access_token', TOKEN)),
    );
  });
});

describe('forms', () => {
  it('labels no parameter that everybody may read, whatever the password is', () => {
    const known = [{ kind: 'password', value: 'password' }];
    const form = formBody({ grant_type: 'password', username: 'ada', password: 'password' });
    expect(redactOne({ body: form }, known).request.body?.text).toBe(
      'grant_type=password&username=ada&password=%3Cpassword%20%231%3E',
    );
  });

  it('labels the parts of a multipart form', () => {
    const multipart = [
      '--b',
      'Content-Disposition: form-data; name="user"',
      '',
      'ada',
      '--b',
      'Content-Disposition: form-data; name="password"',
      '',
      'abc',
      '--b--',
      '',
    ].join('\r\n');
    const body = textBody(multipart, 'multipart/form-data');
    expect(redactOne({ body }).request.body?.text).toBe(multipart.replace('abc', '<password #1>'));
  });
});

describe('running text', () => {
  it.each([
    ['a JWT', jwt({ sub: 'x' }), 'jwt'],
    ['an unsigned JWT', `${jwt({ sub: 'x' }).split('.').slice(0, 2).join('.')}.`, 'jwt'],
  ])('labels %s', (_, secret, kind) => {
    expect(bodyOf({ responseBody: textBody(`got ${secret} from you`) })).toBe(
      `got ${machineLabel(kind, secret)} from you`,
    );
  });

  it('labels an e-mail address and nothing that only looks like one', () => {
    const text = 'ask ada@demo.test. npm i @scope/pkg@1.2.3, see https://medium.com/@ada';
    expect(bodyOf({ responseBody: textBody(text) })).toBe(
      text.replace('ada@demo.test', '<email #1>'),
    );
  });

  it('labels secrets in reasons, notes, failures and the summary', () => {
    const trace = traceOf(
      { responseBody: jsonBody({ access_token: TOKEN }) },
      { failure: { code: 'X', phase: 'wait', message: `lost ${TOKEN}` } },
    );
    const step = { id: 'token', outcome: 'failed' as const, exchanges: [1], duration_ms: 1 };
    const redacted = redact({
      ...trace,
      sequence_summary: {
        ...trace.sequence_summary,
        reason: `r ${TOKEN}`,
        steps: [{ ...step, reason: `s ${TOKEN}`, notes: [`n ${TOKEN}`] }],
      },
    });
    const label = machineLabel('access_token', TOKEN);
    expect(redacted.sequence_summary).toMatchObject({
      reason: `r ${label}`,
      steps: [{ reason: `s ${label}`, notes: [`n ${label}`] }],
    });
    expect(redacted.trace_log[1]?.failure?.message).toBe(`lost ${label}`);
  });
});

describe('who made a secret', () => {
  const registered = { responseBody: jsonBody({ client_id: 'c', client_secret: TOKEN }) };
  const used = { body: formBody({ client_secret: TOKEN }) };

  it('tells a registered client secret from one that was typed', () => {
    expect(redact(traceOf(registered, used)).secrets[0]?.label).toBe(
      machineLabel('client_secret', TOKEN),
    );
    expect(redact(traceOf(used)).secrets[0]?.label).toBe('<client_secret #1>');
  });

  it('gives Basic credentials no digest where the secret in them was typed', () => {
    const basic = Buffer.from(`c:${TOKEN}`).toString('base64');
    const sent = { headers: [['authorization', `Basic ${basic}`]] as const };
    const typed = redact(traceOf(sent), [{ kind: 'client_secret', value: TOKEN, human: true }]);
    const drawn = redact(traceOf(registered, sent));
    expect(typed.trace_log[0]?.request.headers[0]?.[1]).toBe('Basic <basic_credentials #1>');
    expect(drawn.trace_log[1]?.request.headers[0]?.[1]).toBe(
      `Basic ${machineLabel('basic_credentials', basic)}`,
    );
  });

  it('tells no digest of what is short enough to be guessed', () => {
    expect(redactOne({ url: 'http://localhost/cb?code=123456' }).request.url).toContain('%231');
  });

  it('removes the hash of a body that held what a person typed, and only of that', () => {
    const redacted = redact(
      traceOf({
        body: formBody({ password: PASSWORD }),
        responseBody: jsonBody({ access_token: TOKEN }),
      }),
    );
    expect(redacted.trace_log[0]?.request.body?.sha256).toBeNull();
    expect(redacted.trace_log[0]?.response?.body?.sha256).toBe('ab'.repeat(32));
    expect(redacted.trace_log[0]?.request.body?.size).toBe(formBody({ password: PASSWORD }).size);
  });
});

describe('what the file says of a secret', () => {
  it('decodes a JWT and labels who it is about', () => {
    const claims = {
      iss: 'https://a.test',
      sub: 'ada@demo.test',
      name: 'Ada Lovelace',
      scope: 'a',
    };
    const redacted = redact(
      traceOf(
        {
          responseBody: jsonBody({ id_token: jwt({ ...claims, address: { locality: 'Turin' } }) }),
        },
        { responseBody: textBody('Welcome, Ada Lovelace') },
      ),
    );
    expect(redacted.secrets.find(({ jwt }) => jwt)?.jwt?.claims).toEqual({
      ...claims,
      sub: '<email #1>',
      name: '<name #1>',
      address: { locality: '<address #1>' },
    });
    expect(redacted.trace_log[1]?.response?.body?.text).toBe('Welcome, <name #1>');
  });

  it('leaves a client readable that speaks for itself', () => {
    const trace = traceOf(
      {
        body: formBody({ grant_type: 'client_credentials', client_id: 'service-0123456789abcdef' }),
      },
      { responseBody: jsonBody({ active: true, sub: 'service-0123456789abcdef' }) },
    );
    expect(redact(trace).trace_log[1]?.response?.body?.text).toContain('service-0123456789abcdef');
  });

  it('leaves the username readable where a claim repeats it', () => {
    const redacted = redact(
      traceOf({ responseBody: jsonBody({ id_token: jwt({ sub: 'u', name: 'ada' }) }) }),
    );
    expect(redacted.metadata.username).toBe('ada');
    expect(redacted.secrets[0]?.jwt?.claims.name).toBe('ada');
  });

  it('labels a username that is an e-mail address', () => {
    const trace = traceOf({ body: formBody({ username: 'ada@demo.test' }) });
    const redacted = redact({
      ...trace,
      metadata: { ...trace.metadata, username: 'ada@demo.test' },
    });
    expect(redacted.metadata.username).toBe('<email #1>');
    expect(redacted.trace_log[0]?.request.body?.text).toBe('username=%3Cemail%20%231%3E');
  });

  it('keeps no claims of a JWT that nests without end', () => {
    const payload = Buffer.from(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    const token = `${jwt({}).split('.')[0]}.${payload.toString('base64url')}.c2ln`;
    const redacted = redact(traceOf({ responseBody: jsonBody({ access_token: token }) }));
    expect(redacted.secrets[0]).toEqual({
      label: machineLabel('access_token', token),
      length: token.length,
      alphabet: 'unreserved',
    });
  });

  it('goes on counting where an earlier redaction stopped', () => {
    const first = redact(traceOf({ body: formBody({ password: 'first-one' }) }));
    const again = redact({
      ...first,
      trace_log: [...first.trace_log, exchange({ body: formBody({ password: 'second' }) }, 2)],
    });
    expect(again.secrets.map(({ label }) => label)).toEqual(['<password #1>', '<password #2>']);
  });
});

describe('a sentence that repeats the beginning of a text', () => {
  it.each([
    ['as it is', TOKEN],
    ['in base64', Buffer.from(`me:${TOKEN}`).toString('base64')],
    ['in a URL', `%3F${encodeURIComponent(TOKEN)}`],
  ])('gives away no beginning of a secret %s', (_, spelled) => {
    const trace = traceOf({ responseBody: jsonBody({ access_token: TOKEN }) });
    const reason = `answered 400 "see ${spelled.slice(0, 22)}…", expected 200`;
    const redacted = redact({
      ...trace,
      sequence_summary: { ...trace.sequence_summary, reason },
    }).sequence_summary.reason;
    expect(redacted).toContain(`${machineLabel('access_token', TOKEN)}…", expected 200`);
    expect(redacted).not.toContain(spelled.slice(8, 16));
  });
});

describe('a cut body', () => {
  const cut = (text: string, type = 'text/plain') => ({
    ...textBody(text, type),
    size: 1_000_000,
    truncated: true,
  });

  it('gives away no beginning of a secret that is known', () => {
    const redacted = redact(
      traceOf(
        { responseBody: jsonBody({ access_token: TOKEN }) },
        { responseBody: cut(`echo: ${TOKEN.slice(0, 9)}`) },
      ),
    );
    expect(redacted.trace_log[1]?.response?.body?.text).toBe(
      `echo: ${machineLabel('access_token', TOKEN)}`,
    );
  });

  it.each([
    ['JSON', `{"a":1,"access_token":"${TOKEN}`, 'application/json'],
    ['JSON within an escape', `{"a":1,"access_token":"${TOKEN}\\u00`, 'application/json'],
    ['a form', `a=1&refresh_token=${TOKEN}%2`, 'application/x-www-form-urlencoded'],
    ['a JWT', `see ${jwt({ sub: 'somebody' }).slice(0, 50)}`, 'text/plain'],
  ])('labels a secret that is nowhere whole in %s', (_, text, type) => {
    const redacted = bodyOf({ responseBody: cut(text, type) });
    expect(redacted).not.toContain(TOKEN);
    expect(redacted).not.toContain('eyJ');
    expect(redacted.slice(0, 4)).toBe(text.slice(0, 4));
  });
});

describe('bytes that are no text', () => {
  it('hold no secret either', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0]), Buffer.from(TOKEN)]);
    const binary = { media_type: 'image/x', size: bytes.length, base64: bytes.toString('base64') };
    const redacted = redact(
      traceOf({ responseBody: jsonBody({ access_token: TOKEN }) }, { responseBody: binary }),
    );
    const decoded = Buffer.from(redacted.trace_log[1]?.response?.body?.base64 ?? '', 'base64');
    expect(decoded.subarray(0, 3)).toEqual(bytes.subarray(0, 3));
    expect(decoded.toString('latin1')).toContain(machineLabel('access_token', TOKEN));
  });
});

describe('a body whose text does not lie open', () => {
  const answer = JSON.stringify({ access_token: TOKEN, token_type: 'Bearer' });
  const wide = Buffer.from(answer, 'utf16le');
  const latin1 = Buffer.from(answer.replace('Bearer', 'B\xe9arer'), 'latin1');

  it.each<[string, Buffer, (bytes: Buffer) => string]>([
    ['gzip', gzipSync(answer), (bytes) => gunzipSync(bytes).toString()],
    ['deflate', deflateSync(answer), (bytes) => inflateSync(bytes).toString()],
    ['brotli', brotliCompressSync(answer), (bytes) => brotliDecompressSync(bytes).toString()],
    ['Latin-1', latin1, (bytes) => bytes.toString('latin1')],
    [
      'UTF-16, little-endian',
      Buffer.concat([Buffer.from([0xff, 0xfe]), wide]),
      (bytes) => bytes.toString('utf16le'),
    ],
    [
      'UTF-16, big-endian',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]),
      (bytes) => bytes.swap16().toString('utf16le'),
    ],
  ])('%s holds no secret either, and stays what it is', (_, bytes, read) => {
    const body = {
      media_type: 'application/json',
      size: bytes.length,
      base64: bytes.toString('base64'),
    };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    const text = read(Buffer.from(response?.body?.base64 ?? '', 'base64'));
    expect(text).toContain(`"access_token":"${machineLabel('access_token', TOKEN)}"`);
    expect(text).toContain('token_type');
  });

  it.each([
    ['little', wide.toString()],
    ['big', Buffer.from(wide).swap16().toString()],
  ])('UTF-16 without a mark, %s-endian, is text and holds none', (_, text) => {
    const body = { media_type: 'application/json', size: text.length, text };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    const seen = (response?.body?.text ?? '').replaceAll('\0', '');
    expect(seen).toBe(answer.replace(TOKEN, machineLabel('access_token', TOKEN)));
  });

  it.each<[string, Buffer]>([
    ['gzip of Latin-1', gzipSync(latin1)],
    ['gzip in gzip', gzipSync(gzipSync(answer))],
    [
      'gzip cut within a character',
      gzipSync(Buffer.from(`${answer.slice(0, -1)},"a":"é`).subarray(0, -1)),
    ],
  ])('%s holds none', (_, bytes) => {
    const body = { media_type: 'application/json', size: 1, base64: bytes.toString('base64') };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    const first = gunzipSync(Buffer.from(response?.body?.base64 ?? '', 'base64'));
    const inside = (first[0] === 0x1f ? gunzipSync(first) : first).toString('latin1');
    expect(inside).toContain(machineLabel('access_token', TOKEN));
  });

  const endless = (size: number): Buffer => brotliCompressSync('a b=c '.repeat(size / 6));
  const nested = (levels: number): Buffer =>
    levels === 0 ? Buffer.from(answer) : gzipSync(nested(levels - 1));

  it.each<[string, Buffer]>([
    ['unpacks to more than anybody reads', endless(16 * 1024 * 1024)],
    ['is packed again and again', nested(6)],
  ])('is withheld where it %s', (_, bytes) => {
    const base64 = bytes.toString('base64');
    const body = { media_type: '', size: bytes.length, sha256: 'f00', base64 };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    expect(response?.body).toEqual({
      media_type: '',
      size: bytes.length,
      sha256: null,
      base64: '',
      truncated: true,
    });
  });

  it('that are many may unpack to no more together than a few', () => {
    const base64 = endless(500_000).toString('base64');
    const bodies = Array.from({ length: 8 }, () => ({
      responseBody: { media_type: '', size: 9, base64 },
    }));
    const kept = redact(traceOf(...bodies)).trace_log.map(({ response }) => response?.body?.base64);
    expect(kept[0]).toBe(base64);
    expect(kept.at(-1)).toBe('');
  });

  it('keeps no hash by which what a person made could be found', () => {
    const form = Buffer.from(JSON.stringify({ password: 'wonderland' }), 'utf16le').toString();
    const body = { media_type: 'application/json', size: 1, sha256: 'f00', text: form };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    expect(response?.body?.text?.replaceAll('\0', '')).toBe('{"password":"<password #1>"}');
    expect(response?.body?.sha256).toBeNull();
  });

  it('is read as far as it goes where it was cut', () => {
    const filler = Array.from({ length: 2_000 }, (_, index) => `${index * 7919}`).join(' ');
    const whole = gzipSync(JSON.stringify({ access_token: TOKEN, filler }));
    const base64 = whole.subarray(0, whole.length - 200).toString('base64');
    const body = { media_type: '', size: whole.length, truncated: true, base64 };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    const text = gunzipSync(Buffer.from(response?.body?.base64 ?? '', 'base64')).toString();
    expect(text).toContain(machineLabel('access_token', TOKEN));
    expect(text).not.toContain(TOKEN);
  });

  it('stays as it is byte for byte where it holds none', () => {
    const base64 = gzipSync('{"a":1}', { level: 1 }).toString('base64');
    const body = { media_type: '', size: 27, base64 };
    const { response } = redact(traceOf({ responseBody: body })).trace_log[0] ?? {};
    expect(response?.body?.base64).toBe(base64);
  });
});

describe('a server that wants the trace unreadable', () => {
  it.each(['https://', 'http://localhost:8000', 'application/json', 'access_token', 'undefined'])(
    'does not get it by calling %s a token',
    (word) => {
      const redacted = redact(
        traceOf({
          headers: [['content-type', 'application/json']],
          responseBody: jsonBody({ access_token: word, issuer: 'https://a.test' }),
        }),
      );
      expect(redacted.trace_log[0]?.request.url).toBe('http://localhost:8000/mcp');
      expect(redacted.trace_log[0]?.request.headers[0]?.[1]).toBe('application/json');
      expect(JSON.parse(redacted.trace_log[0]?.response?.body?.text ?? '')).toMatchObject({
        access_token: expect.stringMatching(/^<access_token /),
        issuer: 'https://a.test',
      });
    },
  );

  it('does not get it by JSON that nests 100,000 levels', () => {
    const text = `${'{"a":['.repeat(100_000)}"${TOKEN}"`;
    expect(
      bodyOf({
        headers: [['authorization', `Bearer ${TOKEN}`]],
        responseBody: textBody(text, 'application/json'),
      }),
    ).not.toContain(TOKEN);
  });
});

it('changes nothing of a trace that says nothing secret', () => {
  const trace = happyTrace();
  const quiet = { ...trace, trace_log: trace.trace_log.filter(({ id }) => id <= 3) };
  expect(redact(quiet).trace_log).toEqual(quiet.trace_log);
});

it('does not change the trace it was given', () => {
  const trace = happyTrace();
  const before = JSON.stringify(trace);
  redact(trace, [{ kind: 'password', value: 'testpass' }]);
  expect(JSON.stringify(trace)).toBe(before);
});
