import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { CLIENT_ID, type Edit, edit, formBody, happyTrace } from '../rules/support.ts';

const html = (csrf: string): string =>
  `<html><title>Log in</title><form method="post" action="login?t=${csrf}"><input type="hidden" name="csrf" value="${csrf}"><input name="user"></form></html>`;

describe('what never matters between two runs', () => {
  it.each<readonly [string, Edit, Edit]>([
    ['dates and request ids', noisy('1'), noisy('2')],
    [
      'the path of a cookie that is made for one login',
      edit().header('login', 'set-cookie', 'a=1; Path=/interaction/G-AxwqViJDlwwB8oQfxYCgM2kn'),
      edit().header('login', 'set-cookie', 'a=1; Path=/interaction/4L8uU7ktQ4lLq3KmTa9GcPtU20'),
    ],
    [
      'a secret in one file and its escaped label in the other',
      edit().header('login', 'location', 'https://login.demo.test/t1/i/G-AxwqViJDlwwB8oQfxYCgM2kn'),
      edit().header('login', 'location', 'https://login.demo.test/t1/i/%3Ccookie%20%231%3E'),
    ],
    [
      'random parts of a list',
      edit().body('asm', { request_uris: ['https://a/4L8uU7ktQ4lLq3KmTa9GcPtU20'] }),
      edit().body('asm', { request_uris: ['https://a/G-AxwqViJDlwwB8oQfxYCgM2kn'] }),
    ],
    [
      'the value of a cookie',
      edit().header('login', 'set-cookie', 'sid=1; Path=/; Expires=Thu, 01 Jan 2026 00:00:00 GMT'),
      edit().header('login', 'set-cookie', 'sid=2; path=/; Expires=Fri, 02 Jan 2026 00:00:00 GMT'),
    ],
    [
      'the order of a list',
      edit().body('asm', { scopes_supported: ['a', 'b'] }),
      edit().body('asm', { scopes_supported: ['b', 'a'] }),
    ],
    [
      'the order of scopes',
      edit().body('token', { scope: 'a b' }),
      edit().body('token', { scope: 'b a' }),
    ],
    [
      'the order of members',
      edit().body('call', { result: { a: 1, b: 2 } }),
      edit().body('call', { result: { b: 2, a: 1 } }),
    ],
    [
      'the order of tools',
      edit().body('list', { result: { tools: [{ name: 'a' }, { name: 'b' }] } }),
      edit().body('list', { result: { tools: [{ name: 'b' }, { name: 'a' }] } }),
    ],
    [
      'a second more or less',
      edit().body('token', { expires_in: 3600 }),
      edit().body('token', { expires_in: 3599 }),
    ],
    [
      'hidden values of a form',
      edit().text('authorize', html('f81d4fae'), 'text/html'),
      edit().text('authorize', html('x-9'), 'text/html'),
    ],
    [
      'ids in a message',
      edit().answer('call', 500, { error: 'request 3f9a2b1c failed at 2026-01-15T10:30:00Z' }),
      edit().answer('call', 500, { error: 'request 9d8e7f60 failed at 2026-02-15T11:30:00Z' }),
    ],
    [
      'ids in a path',
      edit().header(
        'login',
        'location',
        'https://login.demo.test/t1/interaction/gVb5LsYc2Jd9RfGh4MaQe',
      ),
      edit().header(
        'login',
        'location',
        'https://login.demo.test/t1/interaction/kP0wZn3yTt7UoXcB1eDrA',
      ),
    ],
    [
      'the order of challenge parameters',
      edit().header('challenge', 'www-authenticate', 'Bearer a="1", b=2'),
      edit().header('challenge', 'www-authenticate', 'bearer  b="2",a="1"'),
    ],
    [
      'an event stream instead of JSON, but for its name',
      edit(),
      edit()
        .text(
          'call',
          `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: 3, result: { content: [{ type: 'text', text: 'testuser' }] } })}\n\n`,
          'application/json',
        )
        .response('call', (response) => ({
          ...response,
          body: response.body && { ...response.body, media_type: 'text/event-stream' },
        })),
    ],
    ['durations, unless asked for', edit(), slow()],
  ])('%s', (_, a, b) => {
    expect(diff(a.trace, b.trace).differences.map(({ text }) => text)).toEqual([]);
  });

  it('is what an id looks like in a text that comes before the field that names it', () => {
    const first = edit().body('registration', { client_id: undefined }).trace;
    const second = moved(CLIENT_ID, '0f8fad5b-d9cb-469f-a165-70867728950e', first);
    expect(diff(first, second).differences).toEqual([]);
  });

  it('is not what only one run has', () => {
    const [one] = diff(
      edit().trace,
      edit().header('login', 'set-cookie', 'sid=1; Secure').trace,
    ).differences;
    expect(one?.text).toBe('header set-cookie/sid is new: ["secure"]');
    const [path] = diff(
      edit().header('login', 'set-cookie', 'sid=1; Path=/').trace,
      edit().header('login', 'set-cookie', 'sid=1; Path=/login').trace,
    ).differences;
    expect(path?.text).toBe('header set-cookie/sid/path was "/", is "/login"');
  });
});

describe('what only one file holds beside the run', () => {
  it.each([
    ['an extra request', { channel: 'probe' as const }],
    ["a server's log", { seen_by: 'gateway' }],
  ])('is new, and shifts nothing: %s', (_, mark) => {
    const extra = edit().again('list', (one) => ({ ...one, ...mark })).trace;
    const { differences } = diff(edit().trace, extra);
    expect(differences.map(({ kind, change }) => `${kind} ${change}`)).toEqual(['exchange added']);
  });
});

describe('options', () => {
  it('timing shows a large change of duration, last', () => {
    const { differences } = diff(edit().trace, slow().status('call', 500).trace, { timing: true });
    expect(differences.map(({ kind }) => kind)).toEqual(['status', 'timing']);
    expect(differences[1]?.text).toBe('it took 11 ms, takes 9000 ms');
  });

  it.each(['/response/status', 'status', '/response'])('ignore leaves out %s', (entry) => {
    expect(diff(edit().trace, edit().status('call', 500).trace, { ignore: [entry] }).same).toBe(
      true,
    );
  });

  it('ignore knows a header by its name in any case', () => {
    const changed = edit().header('token', 'cache-control', undefined).trace;
    expect(diff(edit().trace, changed, { ignore: ['Cache-Control'] }).same).toBe(true);
  });

  it('only keeps the named steps', () => {
    const changed = edit().status('call', 500).status('prm', 404).trace;
    const { differences } = diff(edit().trace, changed, { only: ['resource-metadata'] });
    expect(differences.map(({ where }) => where.step)).toEqual(['resource-metadata']);
  });
});

describe('hosts', () => {
  it('are told by role, so that staging and production read alike', () => {
    expect(
      diff(happyTrace(), moved('https://api.demo.test', 'https://mcp.example.org:8443')).same,
    ).toBe(true);
  });

  it('of the authorization server are news where the MCP server is the same', () => {
    const { differences } = diff(
      happyTrace(),
      moved('https://login.demo.test', 'https://id.example.org'),
    );
    expect(differences.map(({ text }) => text)).toEqual([
      'the authorization server was at https://login.demo.test, is at https://id.example.org',
    ]);
  });

  it.each([
    ['registration', edit().failedAt('registration')],
    ['authorization', edit().failedAt('authorization').without('callback')],
  ])('of the callback are told alike when one run ends before it: at %s', (_, early) => {
    const ended = moved('127.0.0.1:49321', '127.0.0.1:50123', early.trace);
    const told = diff(happyTrace(), ended).differences.map(({ text }) => text);
    expect(told.filter((text) => text.includes('redirect_uri'))).toEqual([]);
  });

  it('of the callback are known from a pushed authorization request too', () => {
    const pushed = (port: number, trace: Trace): Trace =>
      moved('127.0.0.1:49321', `127.0.0.1:${port}`, trace);
    const redirect_uri = 'http://127.0.0.1:49321/callback';
    const push = edit().exchange('authorize', (one) => ({
      ...one,
      channel: 'back',
      request: {
        ...one.request,
        method: 'POST',
        url: 'https://login.demo.test/t1/par',
        body: formBody({ response_type: 'code', redirect_uri }),
      },
    }));
    const ended = push.without('registration', 'callback').trace;
    const before = pushed(49321, push.without('registration').trace);
    const told = diff(before, pushed(50123, ended)).differences;
    expect(told.filter(({ text }) => text.includes('redirect_uri'))).toEqual([]);
  });

  it('that are only spoken of keep their names, whatever else is spoken of before them', () => {
    const speaking = (host: string, hosts: Readonly<Record<string, string>>): Trace =>
      moved('https://api.demo.test', host, edit().body('call', { result: hosts }).trace);
    const [docs, schema] = ['https://docs.test', 'https://schema.test/1'];
    const { differences } = diff(
      speaking('https://a.example.org', { schema }),
      speaking('https://b.example.org', { docs, schema }),
    );
    expect(differences.map(({ text }) => text)).toEqual([
      'result/docs is new: "https://docs.test"',
    ]);
    const [named] = diff(
      happyTrace(),
      edit().body('asm', { issuer: 'https://evil.test' }).trace,
    ).differences;
    expect(named?.text).toContain('is "https://evil.test"');
  });

  it('that become one are one difference', () => {
    const { differences } = diff(
      happyTrace(),
      moved('https://login.demo.test', 'https://api.demo.test'),
    );
    expect(differences.map(({ text }) => text)).toEqual([
      "the authorization server was at https://login.demo.test, is on the MCP server's own origin",
    ]);
  });

  it('beyond the two servers keep their name where both runs know them', () => {
    const login = 'https://accounts.idp.example/login';
    const a = edit().header('login', 'location', login).url('consent-page', login).trace;
    const b = moved('https://api.demo.test', 'https://x.example', a);
    expect(diff(a, b).same).toBe(true);
    const [first] = diff(a, moved('accounts.idp.example', 'accounts.evil.example', a)).differences;
    expect(first?.text).toContain('is "https://accounts.evil.example/login"');
  });
});

describe('findings', () => {
  const finding = { rule: 'asm-issuer-mismatch', severity: 'error', message: 'a' } as const;

  it('that are new come right after outcome and cause', () => {
    const changed = edit().body('asm', { issuer: 'https://evil.test' }).trace;
    const { differences, findings } = diff(happyTrace(), changed, {
      after: { findings: [finding] },
    });
    expect(differences[0]).toMatchObject({ kind: 'finding', change: 'added', after: finding });
    expect(findings.appeared).toEqual([finding]);
  });

  it('that stay are no difference but are told', () => {
    const judged = { findings: [finding] };
    const result = diff(happyTrace(), happyTrace(), { before: judged, after: judged });
    expect(result).toMatchObject({ same: true, findings: { still: [finding] } });
  });

  it('that weigh more than before are a difference', () => {
    const before = { findings: [{ ...finding, severity: 'warning' as const }] };
    const [first] = diff(happyTrace(), happyTrace(), {
      before,
      after: { findings: [finding] },
    }).differences;
    expect(first).toMatchObject({ kind: 'finding', change: 'changed', weight: 'finding' });
  });

  it('and the cause stand before the reason that the run gave itself', () => {
    const changed = edit().failedAt('token', 'invalid_grant').trace;
    const { differences } = diff(happyTrace(), changed, {
      after: { cause: 'the code was used twice' },
    });
    expect(differences.slice(0, 2).map(({ text }) => text)).toEqual([
      'the run completes; now it fails at "token"',
      'the cause: the code was used twice',
    ]);
    expect(differences.filter(({ where }) => where.pointer.endsWith('/reason'))).toEqual([]);
  });

  it('can be ignored by rule', () => {
    const after = { findings: [finding] };
    expect(diff(happyTrace(), happyTrace(), { after, ignore: [finding.rule] })).toMatchObject({
      same: true,
      findings: { appeared: [] },
    });
  });
});

describe('hostile traces', () => {
  it('may nest JSON deeper than a call stack', () => {
    const deep = (leaf: string): Edit =>
      edit().response('call', (response) => ({
        ...response,
        body: {
          media_type: 'application/json',
          size: 1,
          text: `${'['.repeat(200_000)}${leaf}${']'.repeat(200_000)}`,
        },
      }));
    expect(diff(deep('1').trace, deep('1').trace).same).toBe(true);
    expect(diff(deep('1').trace, deep('2').trace).same).toBe(false);
  });

  it('may call members __proto__ or constructor', () => {
    const hostile = edit().text(
      'call',
      '{"__proto__":{"a":1},"constructor":2}',
      'application/json',
    );
    const other = edit().text('call', '{"constructor":2}', 'application/json');
    expect(diff(other.trace, hostile.trace).differences.map(({ text }) => text)).toEqual([
      '__proto__ is new',
    ]);
  });

  it.each([
    ['a long word', 'a'.repeat(400_000)],
    ['unclosed tags', '<form'.repeat(80_000)],
    ['unclosed labels', '<a_'.repeat(100_000)],
    ['half URLs', 'https://'.repeat(50_000)],
    ['half dates', '2026-01-15'.repeat(40_000)],
    ['dots', '.'.repeat(300_000)],
  ])('may hold %s without costing more than their length', (_, text) => {
    const page = (end: string): Trace => edit().text('call', text + end, 'text/plain').trace;
    const html = (end: string): Trace => edit().text('authorize', text + end, 'text/html').trace;
    expect(diff(page(' a'), page(' b')).same).toBe(false);
    expect(diff(html(' a'), html(' b')).same).toBe(true);
  });

  it('never bring steering characters into a text', () => {
    const [first] = diff(
      edit().trace,
      edit().body('asm', { issuer: '\u001b[31m\u202e' }).trace,
    ).differences;
    expect(first?.text).toContain('\\u001b[31m\\u202e');
  });
});

function noisy(value: string): Edit {
  const names = ['date', 'age', 'x-request-id', 'cf-ray', 'etag', 'traceparent', 'X-Amzn-Trace-Id'];
  return names.reduce((trace, name) => trace.header('token', name, value), edit());
}

function slow(): Edit {
  return edit().exchange('call', (one) => ({ ...one, timing: { ...one.timing, total_ms: 9000 } }));
}

function moved(from: string, to: string, trace: Trace = happyTrace()): Trace {
  const text = JSON.stringify(trace).replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, (jwt) =>
    jwt
      .split('.')
      .map((part, index) => (index < 2 ? moveText(part) : part))
      .join('.'),
  );
  return JSON.parse(plain(text)) as Trace;

  function moveText(part: string): string {
    return Buffer.from(plain(Buffer.from(part, 'base64url').toString('utf8'))).toString(
      'base64url',
    );
  }
  function plain(value: string): string {
    return value.replaceAll(from, to).replaceAll(encodeURIComponent(from), encodeURIComponent(to));
  }
}
