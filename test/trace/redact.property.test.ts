import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicWord } from '../../src/trace/redact/vocabulary.ts';
import { findSurvivors, redact } from '../../src/trace/redact.ts';
import { type Trace, traceSchema } from '../../src/trace/schema.ts';
import { machineLabel, verifierMatches } from '../../src/trace/secret.ts';
import { exchange, formBody, jsonBody, type Parts, textBody, traceOf } from './support.ts';

type Place = (secret: string) => Parts;

const page = (html: string): Parts => ({ responseBody: textBody(html, 'text/html') });
const html = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Places that give a machine-made secret away by themselves. */
const PLACES: Readonly<Record<string, Place>> = {
  bearer: (secret) => ({ headers: [['Authorization', `Bearer ${secret}`]] }),
  'dpop token': (secret) => ({ headers: [['authorization', `DPoP ${secret}`]] }),
  'unknown scheme': (secret) => ({ headers: [['authorization', `Exotic ${secret}`]] }),
  'no scheme': (secret) => ({ headers: [['authorization', secret]] }),
  'dpop proof': (secret) => ({ headers: [['DPoP', secret]] }),
  basic: (secret) => ({ headers: [['authorization', `Basic ${base64(`client:${secret}`)}`]] }),
  proxy: (secret) => ({ headers: [['proxy-authorization', `Basic ${base64(`me:${secret}`)}`]] }),
  cookie: (secret) => ({ headers: [['cookie', `theme=dark; sid=${secret}`]] }),
  'set-cookie': (secret) => ({
    responseHeaders: [['set-cookie', `sid=${secret}; Path=/; HttpOnly`]],
  }),
  session: (secret) => ({ responseHeaders: [['Mcp-Session-Id', secret]] }),
  'dpop nonce': (secret) => ({ responseHeaders: [['DPoP-Nonce', secret]] }),
  'api key': (secret) => ({ headers: [['x-api-key', secret]] }),
  'challenge nonce': (secret) => ({
    responseHeaders: [['www-authenticate', `Digest realm="x", nonce="${secret}"`]],
  }),
  'user-info': (secret) => ({ url: `https://me:${encodeURIComponent(secret)}@demo.test/mcp` }),
  query: (secret) => ({ url: `http://localhost:1/cb?code=${encodeURIComponent(secret)}&iss=x` }),
  fragment: (secret) => ({
    responseHeaders: [['location', `/cb#access_token=${encodeURIComponent(secret)}&x=1`]],
  }),
  location: (secret) => ({
    responseHeaders: [
      ['Location', `http://localhost:1/cb?${new URLSearchParams({ state: secret })}`],
    ],
  }),
  'nested url': (secret) => ({
    url: `https://demo.test/login?${new URLSearchParams({ return_to: `/authorize?${new URLSearchParams({ state: secret, x: '1' })}` })}`,
  }),
  form: (secret) => ({ body: formBody({ grant_type: 'refresh_token', refresh_token: secret }) }),
  json: (secret) => ({ responseBody: jsonBody({ a: [{ b: { access_token: secret } }] }) }),
  'camel json': (secret) => ({ responseBody: jsonBody({ tokens: { idToken: secret } }) }),
  'json list': (secret) => ({ responseBody: jsonBody({ refresh_token: ['x', secret] }) }),
  'json in json': (secret) => ({
    responseBody: jsonBody({ result: { text: JSON.stringify({ client_secret: secret }) } }),
  }),
  events: (secret) => ({
    responseBody: textBody(
      `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', result: { refresh_token: secret } })}\n\n`,
      'text/event-stream',
    ),
  }),
  'hidden input': (secret) =>
    page(`<form><input type="hidden" name="csrf_token" value="${html(secret)}"></form>`),
  'state input': (secret) => page(`<input value='${html(secret)}' name=state type=hidden>`),
  'meta tag': (secret) => page(`<meta name="csrf-token" content="${html(secret)}">`),
  href: (secret) => page(`<a href="/go?code=${html(encodeURIComponent(secret))}&amp;x=1">go</a>`),
};

/** Places where only knowing the secret helps. */
const ECHOES: Readonly<Record<string, Place>> = {
  text: (secret) => ({ status: 500, responseBody: textBody(`no such thing: ${secret}!`) }),
  'json text': (secret) => ({ responseBody: jsonBody({ error_description: `bad ${secret}` }) }),
  'member name': (secret) => ({ responseBody: jsonBody({ [secret]: true }) }),
  html: (secret) => page(`<p>you sent ${html(secret)}</p>`),
  attribute: (secret) => page(`<div data-x="${html(secret)}">x</div>`),
  script: (secret) => page(`<script>var x = ${JSON.stringify(secret)};</script>`),
  path: (secret) => ({ url: `http://localhost:8000/t/${encodeURIComponent(secret)}/x` }),
  parameter: (secret) => ({ url: `http://localhost:8000/?${new URLSearchParams({ x: secret })}` }),
  header: (secret) => ({ responseHeaders: [['x-debug', `saw ${secret}`]] }),
  failure: (secret) => ({
    failure: { code: 'ECONNRESET', phase: 'wait', message: `reset ${secret}` },
  }),
  ...Object.fromEntries(
    ['', 'a', 'ab', 'abc'].map((before): [string, Place] => [
      `base64 after ${before.length} bytes`,
      (secret) => ({ responseBody: textBody(`x ${base64(`${before}${secret}tail`)} y`) }),
    ]),
  ),
  'base64url in json': (secret) => ({
    responseBody: jsonBody({ x: Buffer.from(`n${secret}`).toString('base64url') }),
  }),
};

/** Random text as machines draw it. */
const drawn = fc
  .uint8Array({ minLength: 15, maxLength: 60 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));

/** A password as people and fuzzers choose it. */
const typed = fc
  .oneof(
    fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme-ascii' }),
    fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }),
    fc.string({ minLength: 2, maxLength: 9 }).map((text) => `${text}%41&amp;\\n"${text}`),
  )
  .map((text) => text.trim())
  .filter((text) => text.length >= 6 && !isPublicWord(text) && !isOfEveryTrace(text));

/** Parts of the empty trace or of a label, which no search could tell apart. */
function isOfEveryTrace(text: string): boolean {
  const all = JSON.stringify(
    [...Object.values({ ...PLACES, ...ECHOES })].map((place) => place('')),
  );
  return [JSON.stringify(traceOf({})), all, '<password #1>'].some((known) => known.includes(text));
}

/** Every spelling in which a secret could be read from a file, made without the code under test. */
function spellings(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    html(secret),
    JSON.stringify(html(secret)).slice(1, -1),
    base64(secret).replace(/.{0,3}=*$/, ''),
    base64(`a${secret}`).slice(4, -4),
    base64(`ab${secret}`).slice(4, -4),
  ].filter((spelling) => spelling.length >= 6);
}

function leaks(trace: Trace, secret: string): readonly string[] {
  const written = JSON.stringify({ ...trace, secrets: [] });
  return spellings(secret).filter((spelling) => written.includes(spelling));
}

const names = (table: Readonly<Record<string, Place>>) => fc.constantFrom(...Object.keys(table));
const at = (table: Readonly<Record<string, Place>>, name: string, secret: string): Parts =>
  (table[name] as Place)(secret);

describe('a drawn secret', () => {
  it('survives nowhere once one place gave it away', () => {
    fc.assert(
      fc.property(drawn, names(PLACES), names(ECHOES), (secret, place, echo) => {
        const trace = traceOf(at(ECHOES, echo, secret), at(PLACES, place, secret));
        expect(leaks(redact(trace), secret)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('leaves a trace that is valid and does not change when redacted again', () => {
    fc.assert(
      fc.property(drawn, drawn, names(PLACES), names(ECHOES), (one, two, place, echo) => {
        const redacted = redact(
          traceOf(at(PLACES, place, one), at(ECHOES, echo, one), at(PLACES, place, two)),
        );
        expect(traceSchema.safeParse(redacted).error).toBeUndefined();
        expect(redact(redacted)).toEqual(redacted);
      }),
      { numRuns: 500 },
    );
  });

  it('gets one label wherever it stands, and another secret gets another', () => {
    fc.assert(
      fc.property(drawn, drawn, (one, two) => {
        fc.pre(one !== two);
        const { trace_log: log } = redact(
          traceOf(
            { responseBody: jsonBody({ access_token: one, refresh_token: two }) },
            { headers: [['authorization', `Bearer ${one}`]] },
          ),
        );
        const document = JSON.parse(log[0]?.response?.body?.text ?? '');
        expect(log[1]?.request.headers[0]?.[1]).toBe(`Bearer ${document.access_token}`);
        expect(document.access_token).toBe(machineLabel('access_token', one));
        expect(document.refresh_token).toBe(machineLabel('refresh_token', two));
      }),
    );
  });
});

describe('a typed secret', () => {
  it('survives nowhere, however it is spelled', () => {
    fc.assert(
      fc.property(typed, names(ECHOES), names(ECHOES), (secret, one, two) => {
        const trace = traceOf(at(ECHOES, one, secret), at(ECHOES, two, secret), {
          body: formBody({ username: 'ada', password: secret }),
        });
        const redacted = redact(trace, [{ kind: 'password', value: secret }]);
        expect(leaks(redacted, secret)).toEqual([]);
        expect(findSurvivors(JSON.stringify(redacted.trace_log), [{ value: secret }])).toEqual([]);
        expect(redact(redacted, [{ kind: 'password', value: secret }])).toEqual(redacted);
      }),
      { numRuns: 1500 },
    );
  });

  it('is found by the last search in every place it could stand', () => {
    fc.assert(
      fc.property(typed, names(ECHOES), (secret, echo) => {
        const written = JSON.stringify(exchange(at(ECHOES, echo, secret)));
        expect(findSurvivors(written, [{ value: secret }])).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any length is labelled in the field it was typed into', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 5 }), (secret) => {
        const redacted = redact(traceOf({ body: formBody({ p: secret }) }), [
          { kind: 'password', value: secret },
        ]);
        const fields = new URLSearchParams(redacted.trace_log[0]?.request.body?.text ?? '');
        expect(fields.get('p')).toBe('<password #1>');
      }),
    );
  });
});

describe('the structure around a secret', () => {
  it('stays readable: URLs, forms and JSON give the label back', () => {
    fc.assert(
      fc.property(drawn, fc.webUrl({ withQueryParameters: true }), (secret, other) => {
        const url = `https://demo.test/cb?${new URLSearchParams({ other, code: secret })}#x=1`;
        const redacted = redact(
          traceOf({ url, responseBody: jsonBody({ url, list: [1, null, 'é\n"'], code: secret }) }),
        );
        const label = machineLabel('code', secret);
        const parsed = new URL(redacted.trace_log[0]?.request.url ?? '');
        expect([parsed.searchParams.get('code'), parsed.searchParams.get('other')]).toEqual([
          label,
          other,
        ]);
        const document = JSON.parse(redacted.trace_log[0]?.response?.body?.text ?? '');
        expect(document.list).toEqual([1, null, 'é\n"']);
        expect(new URL(document.url).searchParams.get('code')).toBe(label);
      }),
    );
  });

  it('stays byte for byte where there is no secret', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, text) => {
        fc.pre(!/["?#&;](?:[^"?#&;=:]*)["]?\s*[=:]/.test(text) && !text.includes('@'));
        const trace = traceOf(
          { responseBody: textBody(json, 'application/json') },
          { responseBody: textBody(text) },
        );
        fc.pre(!/eyJ|pass|pw|otp|code|state|token|nonce|secret|pin|sid/i.test(json + text));
        expect(redact(trace).trace_log).toEqual(trace.trace_log);
      }),
    );
  });

  it('answers the PKCE question as before', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const verifier = Buffer.from(bytes).toString('base64url');
        const redacted = redact(traceOf({ body: formBody({ code_verifier: verifier }) }));
        const labelled =
          new URLSearchParams(redacted.trace_log[0]?.request.body?.text).get('code_verifier') ?? '';
        const challenge = createHash('sha256').update(verifier).digest('base64url');
        expect(labelled).not.toContain(verifier);
        expect(verifierMatches(labelled, challenge)).toBe(true);
        expect(verifierMatches(labelled, `.${challenge.slice(1)}`)).toBe(false);
      }),
    );
  });
});
