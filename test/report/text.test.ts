import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/report/layout.ts';
import type { ReportOptions } from '../../src/report/reporter.ts';
import { text } from '../../src/report/text.ts';
import { findCause } from '../../src/rules/cause.ts';
import { RULES } from '../../src/rules/index.ts';
import { judge } from '../../src/rules/judge.ts';
import { fail, inconclusive, pass, type Rule } from '../../src/rules/rule.ts';
import { mcp, rfc6749 } from '../../src/spec/references.ts';
import type { Exchange, Trace } from '../../src/trace/schema.ts';
import { type Edit, edit, exchangeOf, happyTrace, MCP_URL } from '../rules/support.ts';

const report = (
  { trace }: Edit,
  options: Partial<ReportOptions> = {},
  rules: readonly Rule[] = RULES,
): string => {
  const judgement = judge(trace, rules);
  const cause = findCause(trace, judgement.findings);
  return text(
    { trace, judgement, ...(cause && { cause }) },
    { color: false, width: 80, ...options },
  );
};

/** A rule that says the same of every trace: the pictures below change with the report, not with the rules. */
const rule = (id: string, change: Partial<Rule>): Rule => ({
  id,
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A notification that was accepted is answered 202, and with no body at all.',
  why: 'Clients wait for it.',
  fix: 'Answer 202.',
  spec: [mcp('2025-11-25', 'basic/transports#sending-messages-to-the-server')],
  judge: () => pass,
  ...change,
});
const FIXED: readonly Rule[] = [
  rule('all-is-well', {}),
  rule('too-little-seen', { judge: () => inconclusive('the answer was cut') }),
  rule('too-little-seen-again', { judge: () => inconclusive('the answer was cut') }),
  rule('transport-notification-status', {
    judge: () =>
      fail('it was answered 200, expected 202', [
        { exchange: 12, pointer: '/response/status' },
        { exchange: 11, pointer: '/response/status' },
      ]),
  }),
  rule('token-client-auth-rejected', {
    step: 'token',
    fault: 'authorization-server',
    level: 'field',
    affected: { clients: ['Claude', 'Codex CLI'], confidence: 'reported' },
    spec: [rfc6749('2.3.1'), rfc6749('5.2')],
    judge: ({ exchanges }) =>
      exchanges.length > 12
        ? pass
        : fail('the token endpoint refused the client, expected it to be accepted as agreed', {
            exchange: 10,
            pointer: '/response/status',
          }),
  }),
  rule('slow-name', {
    fault: 'deployment',
    level: 'MAY',
    judge: () => fail('the name took 3 s', { exchange: 2, pointer: '/timing/dns_ms' }),
  }),
];

const refusedToken = edit()
  .failedAt('token', 'the token endpoint answered 401 invalid_client, expected 200')
  .answer('token', 401, { error: 'invalid_client' })
  .without('refresh');
const unreachable = edit()
  .failedAt('challenge', 'no answer')
  .noAnswer('challenge', 'ECONNREFUSED', 'connect');
const flawed = edit()
  .status('initialized', 200)
  .body('refresh', { refresh_token: undefined })
  .requestHeader('list', 'accept', '*/*')
  .body('asm', { issuer: 'https://login.demo.test/t1/' });
const evil = '\x1b[2J\x1b]0;owned\x07\u202ereversed\u0000\x9b31m';
const hostile = edit()
  .failedAt('call', evil.repeat(80))
  .step('challenge', { notes: [evil] })
  .url('list', `${MCP_URL}/${evil}`)
  .header('list', evil, evil)
  .text('call', evil, 'text/html')
  .body('asm', { issuer: evil })
  .body('hello', { result: { protocolVersion: evil, serverInfo: { name: evil, version: evil } } })
  .body('token', { scope: evil, token_type: evil })
  .noAnswer('list', evil, 'wait');
/** What is more than a line end and cannot be seen. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const every = { headers: true, bodies: true };

describe('the report', () => {
  it('of a healthy run is short', () => {
    expect(report(edit(), {}, [])).toMatchInlineSnapshot(`
      "https://api.demo.test/team/mcp
      2026-01-15 10:30:00 UTC, client mcp-oauth-trace, 19 requests in 412 ms

      ✓ challenge
            1  client   POST   /team/mcp initialize                        401   11 ms
      ✓ resource-metadata
            2  client   GET    /.well-known/oauth-pr…ted-resource/team/mcp 200   11 ms
      ✓ server-metadata
            3  client   GET    login.demo.test/.well…thorization-server/t1 200   11 ms
      ✓ registration
            4  client   POST   login.demo.test/t1/clients                  201   11 ms
      ✓ authorization
            5  browser  GET    login.demo.test/t1/authorize                200   11 ms
            6  browser  POST   login.demo.test/t1/login                    303   11 ms
            7  browser  GET    login.demo.test/t1/consent                  200   11 ms
            8  browser  POST   login.demo.test/t1/consent                  303   11 ms
            9  callback GET    127.0.0.1:49321/callback                    200   11 ms
      ✓ token
           10  client   POST   login.demo.test/t1/token authorization_code 200   11 ms
      ✓ call
           11  client   POST   /team/mcp initialize                        200   11 ms
           12  client   POST   /team/mcp notifications/initialized         202   11 ms
           13  client   POST   /team/mcp tools/list                        200   11 ms
           14  client   POST   /team/mcp tools/call                        200   11 ms
      ✓ refresh
           15  client   POST   login.demo.test/t1/token refresh_token      200   11 ms
           16  client   POST   /team/mcp tools/list                        200   11 ms
      ✓ cleanup
           17  client   DELETE /team/mcp                                   204   11 ms
           18  client   POST   login.demo.test/t1/revoke                   200   11 ms
           19  client   DELETE login.demo.test/t1/clients/c-17             204   11 ms

      MCP server            notes 3.2.1, MCP 2025-11-25, 1 tool
      Authorization server  https://login.demo.test/t1
      Client                c-17, registered by this run, public
      Scope asked           notes.read
      Scope granted         notes.read
      Access token          Bearer, JWT (at+jwt), 304 characters, valid for 1 hour
      Refresh token         came, used, rotated

      Completed: signed in, got a token, called the MCP server, refreshed the token
      and cleaned up.

      No findings. 0 rules judged, 0 do not apply.
      "
    `);
  });

  it('of a broken run names the step, the cause and who has to act', () => {
    expect(report(refusedToken, {}, FIXED)).toMatchInlineSnapshot(`
      "https://api.demo.test/team/mcp
      2026-01-15 10:30:00 UTC, client mcp-oauth-trace, 10 requests in 412 ms

      ✓ challenge
            1  client   POST   /team/mcp initialize                        401   11 ms
      ✓ resource-metadata
        ·   2  client   GET    /.well-known/oauth-pr…ted-resource/team/mcp 200   11 ms
      ✓ server-metadata
            3  client   GET    login.demo.test/.well…thorization-server/t1 200   11 ms
      ✓ registration
            4  client   POST   login.demo.test/t1/clients                  201   11 ms
      ✓ authorization
            5  browser  GET    login.demo.test/t1/authorize                200   11 ms
            6  browser  POST   login.demo.test/t1/login                    303   11 ms
            7  browser  GET    login.demo.test/t1/consent                  200   11 ms
            8  browser  POST   login.demo.test/t1/consent                  303   11 ms
            9  callback GET    127.0.0.1:49321/callback                    200   11 ms
      ✗ token
          failed: the token endpoint answered 401 invalid_client, expected 200
        !  10  client   POST   login.demo.test/t1/token authorization_code 401   11 ms
      – call, refresh, cleanup
          skipped: needs token

      MCP server            MCP 2025-11-25
      Authorization server  https://login.demo.test/t1
      Client                c-17, registered by this run and left there, public
      Scope asked           notes.read

      Failed at token.

      Cause at token, for the authorization server

      ! warning   token-client-auth-rejected                               exchange 10
        Seen      the token endpoint refused the client, expected it to be accepted as
                  agreed
        Rule      A notification that was accepted is answered 202, and with no body
                  at all.
        Fix       Answer 202.
        Breaks    Claude, Codex CLI (as reported)
        Spec      RFC 6749 section 2.3.1
                  https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
                  RFC 6749 section 5.2
                  https://www.rfc-editor.org/rfc/rfc6749#section-5.2

      For the MCP server

      ✗ error     transport-notification-status
        Seen      it was answered 200
        Expected  202
        Rule      A notification that was accepted is answered 202, and with no body
                  at all.
        Fix       Answer 202.
        Spec      MCP 2025-11-25 transports: sending messages to the server
                  https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server

      For the deployment (proxies, names, settings)

      · info      slow-name                                                 exchange 2
        Seen      the name took 3 s
        Rule      A notification that was accepted is answered 202, and with no body
                  at all.
        Fix       Answer 202.
        Spec      MCP 2025-11-25 transports: sending messages to the server
                  https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server

      1 error, 1 warning, 1 info. 4 rules judged, 0 do not apply, 2 could not be
      judged.
        too-little-seen, too-little-seen-again: the answer was cut
      "
    `);
  });

  it('of a run that got no answer tells the cause without a rule, and counts it as none', () => {
    const told = report(unreachable, {}, []);
    expect(told).toContain(
      '✗ cause     the flow broke                                            exchange 1\n',
    );
    expect(told).toContain('  ✗   1  client   POST ');
    expect(told).toContain('No findings besides the cause. ');
  });

  it('spells out the labels of secrets in the path of a request', () => {
    const url = `${MCP_URL}/%3Ccookie%20%231%3E/x`;
    const told = report(
      edit().exchange('call', (one) => ({ ...one, request: { ...one.request, url } })),
      { width: 120 },
      [],
    );
    expect(told).toContain('/team/mcp/<cookie #1>/x');
  });

  it('groups findings by who has to act, and marks their exchanges', () => {
    expect(report(edit(), {}, FIXED)).toMatchInlineSnapshot(`
      "https://api.demo.test/team/mcp
      2026-01-15 10:30:00 UTC, client mcp-oauth-trace, 19 requests in 412 ms

      ✓ challenge
            1  client   POST   /team/mcp initialize                        401   11 ms
      ✓ resource-metadata
        ·   2  client   GET    /.well-known/oauth-pr…ted-resource/team/mcp 200   11 ms
      ✓ server-metadata
            3  client   GET    login.demo.test/.well…thorization-server/t1 200   11 ms
      ✓ registration
            4  client   POST   login.demo.test/t1/clients                  201   11 ms
      ✓ authorization
            5  browser  GET    login.demo.test/t1/authorize                200   11 ms
            6  browser  POST   login.demo.test/t1/login                    303   11 ms
            7  browser  GET    login.demo.test/t1/consent                  200   11 ms
            8  browser  POST   login.demo.test/t1/consent                  303   11 ms
            9  callback GET    127.0.0.1:49321/callback                    200   11 ms
      ✓ token
           10  client   POST   login.demo.test/t1/token authorization_code 200   11 ms
      ✓ call
           11  client   POST   /team/mcp initialize                        200   11 ms
        ✗  12  client   POST   /team/mcp notifications/initialized         202   11 ms
           13  client   POST   /team/mcp tools/list                        200   11 ms
           14  client   POST   /team/mcp tools/call                        200   11 ms
      ✓ refresh
           15  client   POST   login.demo.test/t1/token refresh_token      200   11 ms
           16  client   POST   /team/mcp tools/list                        200   11 ms
      ✓ cleanup
           17  client   DELETE /team/mcp                                   204   11 ms
           18  client   POST   login.demo.test/t1/revoke                   200   11 ms
           19  client   DELETE login.demo.test/t1/clients/c-17             204   11 ms

      MCP server            notes 3.2.1, MCP 2025-11-25, 1 tool
      Authorization server  https://login.demo.test/t1
      Client                c-17, registered by this run, public
      Scope asked           notes.read
      Scope granted         notes.read
      Access token          Bearer, JWT (at+jwt), 304 characters, valid for 1 hour
      Refresh token         came, used, rotated

      Completed: signed in, got a token, called the MCP server, refreshed the token
      and cleaned up.

      For the MCP server

      ✗ error     transport-notification-status                       exchanges 12, 11
        Seen      it was answered 200
        Expected  202
        Rule      A notification that was accepted is answered 202, and with no body
                  at all.
        Fix       Answer 202.
        Spec      MCP 2025-11-25 transports: sending messages to the server
                  https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server

      For the deployment (proxies, names, settings)

      · info      slow-name                                                 exchange 2
        Seen      the name took 3 s
        Rule      A notification that was accepted is answered 202, and with no body
                  at all.
        Fix       Answer 202.
        Spec      MCP 2025-11-25 transports: sending messages to the server
                  https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server

      1 error, 1 info. 4 rules judged, 0 do not apply, 2 could not be judged.
        too-little-seen, too-little-seen-again: the answer was cut
      "
    `);
  });

  it('colours marks, names and what matters less', () => {
    const [step, exchange] = report(edit(), { color: true, exchange: 12 }, FIXED)
      .replaceAll('\x1b', '␛')
      .split('\n');
    expect(step).toBe('␛[32m✓␛[39m ␛[1mcall␛[22m');
    expect(exchange).toMatch(/^ {2}␛\[31m✗␛\[39m {2}12 {2}␛\[2mclient {3}␛\[22mPOST/);
    expect(exchange).toMatch(/␛\[32m202␛\[39m␛\[2m {3}11 ms␛\[22m$/);
  });

  it.each([
    ['done', 'completed', '32m✓'],
    ['failed', 'failed', '31m✗'],
    ['refused', 'refused', '31m✗'],
    ['open', 'open', '33m!'],
    ['again', 'interrupted', '36m✓'],
    ['skipped', 'interrupted', '2m–'],
    ['interrupted', 'interrupted', '31m✗'],
  ] as const)('a step that is %s has its own look in a run that %s', (step, outcome, look) => {
    const { trace } = edit().step('call', { outcome: step });
    const summary = { ...trace.sequence_summary, outcome };
    const shown = report(edit({ ...trace, sequence_summary: summary }), { color: true }, []);
    expect(shown).toContain(`\x1b[${look}`);
  });

  it.each([80, 120])('keeps within %d columns but for links', (width) => {
    for (const trace of [edit(), refusedToken, unreachable, flawed, hostile])
      for (const line of report(trace, { width, ...every }).split('\n'))
        if (!line.includes('https://')) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  it('reads the same with colours and without', () => {
    for (const trace of [edit(), refusedToken, unreachable, flawed])
      expect(stripVTControlCharacters(report(trace, { color: true, ...every }))).toBe(
        report(trace, every),
      );
  });

  it('without colours holds nothing a terminal obeys, whatever the server says', () => {
    for (const options of [{}, every, { step: 'call', ...every }])
      expect(report(hostile, options)).not.toMatch(UNSAFE);
  });

  it('with colours holds only the sequences of colours', () => {
    const rest = report(hostile, { color: true, ...every }).replace(/\x1b\[\d+m/g, '');
    expect(rest).not.toMatch(UNSAFE);
  });
});

describe('a narrowed report', () => {
  it('to an exchange shows it alone, with headers and bodies', () => {
    expect(report(edit(), { exchange: 13, ...every })).toMatchInlineSnapshot(`
      "✓ call
           13  client   POST   /team/mcp tools/list                        200   11 ms
               > POST https://api.demo.test/team/mcp
               > content-type: application/json
               > accept: application/json, text/event-stream
               > authorization: Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI
               > 6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmRlbW8udGVzdC90MSIsImF1ZCI6Imh0
               > dHBzOi8vYXBpLmRlbW8udGVzdC90ZWFtL21jcCIsInN1YiI6InVzZXItNyIsImNsaWVud
               > F9pZCI6ImMtMTciLCJpYXQiOjE3Njg0NzMwMDAsImV4cCI6MTc2ODQ3NjYwMCwianRpIj
               > oidC0xIiwic2NvcGUiOiJub3Rlcy5yZWFkIn0.c2lnbmF0dXJl
               > mcp-protocol-version: 2025-11-25
               > mcp-session-id: session-1f0c9a52-7d3e-4b7a-9c55-0a6f4f1e2d3b
               > {
               >   "jsonrpc": "2.0",
               >   "id": 2,
               >   "method": "tools/list",
               >   "params": {}
               > }
               < 200
               < content-type: application/json
               < {
               <   "jsonrpc": "2.0",
               <   "id": 2,
               <   "result": {
               <     "tools": [
               <       {
               <         "name": "whoami",
               <         "inputSchema": {
               <           "type": "object"
               <         }
               <       }
               <     ]
               <   }
               < }
      "
    `);
  });

  it('to a form shows its fields', () => {
    expect(report(edit(), { exchange: 18, bodies: true })).toMatchInlineSnapshot(`
      "✓ cleanup
           18  client   POST   login.demo.test/t1/revoke                   200   11 ms
               > token=rt-2-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y
               > token_type_hint=refresh_token
               > client_id=c-17
      "
    `);
  });

  it('to a step shows its exchanges and the findings at them', () => {
    const shown = report(flawed, { step: 'refresh' });
    expect(shown).toContain('refresh-not-rotated');
    expect(shown).not.toContain('transport-notification-status');
    expect(shown).not.toContain('challenge');
  });

  it('shows the finding that is the cause too', () => {
    expect(report(refusedToken, { step: 'token' })).toContain('token-client-auth-rejected');
  });

  it('to nothing says nothing', () => {
    expect(report(edit(), { exchange: 999 })).toBe('\n');
  });
});

describe('odd traces', () => {
  it('a step gone back to is told by its pass', () => {
    const { trace } = edit();
    const [first] = trace.sequence_summary.steps.filter(({ id }) => id === 'call');
    const steps = [
      ...trace.sequence_summary.steps,
      { ...first!, pass: 2, exchanges: [], outcome: 'interrupted' as const },
    ];
    const summary = { ...trace.sequence_summary, steps };
    expect(report(edit({ ...trace, sequence_summary: summary }))).toContain(
      '✗ call pass 2\n    interrupted\n',
    );
  });

  it('exchanges that no step names stand under their own', () => {
    const { trace } = edit();
    const summary = { ...trace.sequence_summary, steps: [] };
    const shown = report(edit({ ...trace, sequence_summary: summary }));
    expect(shown).toContain('· challenge\n      1  client   POST');
    expect(shown).toContain('· call\n     11  client   POST');
  });

  it('what servers did among themselves stands below the request they did it for', () => {
    const [first, second] = edit().trace.trace_log as [Exchange, Exchange];
    const hop = { id: 30, caused_by: first.id, seen_by: 'login', sent_by: 'gateway' };
    const lines = report(edit().add({ ...first, ...hop })).split('\n');
    const at = lines.findIndex((line) => / 30 {2}server /.test(line));
    expect(lines[at]).toContain('gateway → login /team/mcp');
    expect(lines[at - 1]).toMatch(new RegExp(` ${first.id}  client `));
    expect(lines.findIndex((line) => line.includes(` ${second.id}  client `))).toBeGreaterThan(at);
    expect(lines.filter((line) => line.includes('challenge'))).toHaveLength(1);
  });

  it('a body that is no text is told by its size, a cut one by what is missing', () => {
    const shown = report(
      edit()
        .response('list', (one) => ({
          ...one,
          body: { media_type: 'image/png', size: 9, base64: '' },
        }))
        .response('call', (one) => ({
          ...one,
          body: { media_type: 'text/plain', size: 900, text: 'one\r\ntwo', truncated: true },
        })),
      { step: 'call', bodies: true },
    );
    expect(shown).toContain('< (9 bytes of image/png)');
    expect(shown).toContain(
      '< one\n         < two\n         < (cut: the whole body has 900 bytes)',
    );
  });

  it('a request handed to a browser has no status', () => {
    const shown = report(edit().exchange('authorize', (one) => ({ ...one, response: null })));
    expect(shown).toMatch(/browser {2}GET {4}login\.demo\.test\/t1\/authorize +unseen/);
  });

  it('a failure without answer tells its message with the headers', () => {
    expect(report(unreachable, { headers: true })).toContain('< connect ECONNREFUSED');
  });

  it('a URL that is none is shown as it is', () => {
    expect(report(edit().url('list', 'nowhere'))).toMatch(/POST {3}nowhere tools\/list/);
  });

  it('certificates that were not verified are mentioned, and long runs counted in seconds', () => {
    const shown = report(edit().metadata({ insecure: true, duration_ms: 61_000 }), { width: 120 });
    expect(shown).toContain('19 requests in 61.0 s, certificates were NOT verified');
  });

  it('many exchanges of one finding are told by the first', () => {
    const { trace } = edit();
    const judgement = judge(flawed.trace);
    const [finding] = judgement.findings;
    const evidence = [1, 2, 3, 10, 11, 999].map((exchange) => ({ exchange, pointer: '' }));
    const many = { ...judgement, findings: [{ ...finding!, evidence }] };
    expect(text({ trace, judgement: many }, { color: false, width: 100 })).toContain(
      'exchanges 1, 2, 3, 10, …',
    );
  });

  it('a finding at no exchange of the trace names none', () => {
    const { trace } = edit();
    const judgement = judge(flawed.trace);
    const [finding] = judgement.findings;
    const nowhere = { ...judgement, findings: [{ ...finding!, evidence: [] }] };
    expect(text({ trace, judgement: nowhere }, { color: false, width: 80 })).toContain(
      `error     ${finding!.rule.id}\n`,
    );
  });

  it('a name too long for its line leaves the exchange to the next', () => {
    const { trace } = edit();
    const judgement = judge(flawed.trace);
    const [finding] = judgement.findings;
    const rule = { ...finding!.rule, id: 'a-'.repeat(30) };
    const long = { ...judgement, findings: [{ ...finding!, rule }] };
    expect(text({ trace, judgement: long }, { color: false, width: 60 })).toMatch(
      /(a-){30}\n {12}exchange/,
    );
  });

  it('more reasons than fit are counted', () => {
    const { trace, ...other } = { ...refusedToken, judgement: judge(refusedToken.trace) };
    const verdicts = new Map(
      Array.from({ length: 7 }, (_, index) => [
        `rule-${index}`,
        { kind: 'inconclusive', why: `reason ${index}` } as const,
      ]),
    );
    const judgement = { ...other.judgement, verdicts };
    expect(text({ trace, judgement }, { color: false, width: 80 })).toContain(
      '  rule-4: reason 4\n  and 2 more reasons\n',
    );
  });

  it('junk in every field never makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        const trace: Trace = {
          ...happyTrace(),
          trace_log: [
            exchangeOf(
              'list',
              'call',
              { method: one, url: other, headers: [[one, other]] },
              {
                status: 200,
                headers: [[other, one]],
                body: { media_type: one, size: 1, text: other },
              },
            ),
          ],
        };
        expect(report(edit(trace), every)).not.toMatch(UNSAFE);
      }),
      { numRuns: 50 },
    );
  });
});
