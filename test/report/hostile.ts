/** Traces full of text that wants out of the document it is shown in. */
import fc from 'fast-check';
import type { ReportOptions, ReportSubject } from '../../src/report/reporter.ts';
import { findCause } from '../../src/rules/cause.ts';
import { judge } from '../../src/rules/judge.ts';
import type { Exchange, Trace } from '../../src/trace/schema.ts';
import { edit, happyTrace } from '../rules/support.ts';

/** Nothing narrowed, no colour. */
export const PLAIN: ReportOptions = { color: false, width: 100 };

/** A trace, judged. */
export function subjectOf(trace: Trace = happyTrace()): ReportSubject {
  const judgement = judge(trace);
  const cause = findCause(trace, judgement.findings);
  return { trace, judgement, ...(cause && { cause }) };
}

/** Texts that mean something to one of the formats. */
export const PAYLOADS: readonly string[] = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- --> <!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>',
  ']]><x/>&amp;&#0;',
  '```\n</details>\n# title\n```',
  '~~~\n<script>',
  '| cell | [link](javascript:alert(1)) ![i](http://evil.test/x)',
  '\\| \\` @octocat #123 https://evil.test www.evil.test',
  'x\nend\nparticipant evil\nNote over client: hi',
  'x; client->>server: forged #quot; %%{init: {}}%%',
  'x\n@enduml\n@startuml\n!include http://evil.test',
  '<img:http://evil.test/x> [[http://evil.test]] %getenv("PATH") $x <U+003C> ~~',
  "'; rm -rf / #",
  '$(touch /tmp/owned) `touch /tmp/owned` $HOME \\',
  '@/etc/passwd',
  '\u001b[31m\u009b0m\u202e\u2066\u200b\u0000\u0007',
  '\ud800 \udfff \uffff \ufffe',
  '{"a":"\u2028"}\r\n\t',
  '<access_token AAAAAAAAAAAA>',
  'javascript:alert(1)',
  '__proto__',
];

/** A text: a payload, anything at all, or both. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...PAYLOADS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(fc.constantFrom(...PAYLOADS), fc.string({ unit: 'binary', maxLength: 8 }))
    .map(([payload, noise]) => noise + payload + noise),
  fc
    .array(fc.constantFrom(...'`|<>&"\'\\\n\r #;:@[](){}$%*_~-=+!?.,/'), { maxLength: 30 })
    .map((characters) => characters.join('')),
);

/** A trace in which everything that somebody else chooses is this text. */
export function hostileTrace(text: string, origin = 'https://api.demo.test'): Trace {
  const url = `${origin}/${text}?${new URLSearchParams({ state: text, x: text })}&y=${text}`;
  const spoil = (one: Exchange): Exchange => ({
    ...one,
    request: {
      ...one.request,
      method: one.id % 5 === 0 ? text : one.request.method,
      url: one.id % 2 === 0 ? url : one.request.url,
      headers: [...one.request.headers, ['x-hostile', text], [text, text]],
      body: one.id % 3 === 0 ? { media_type: text, size: 9, text } : one.request.body,
    },
    response: one.response && {
      ...one.response,
      headers: [...one.response.headers, ['x-hostile', text], ['www-authenticate', text]],
      body: one.id % 4 === 0 ? { media_type: 'text/html', size: 9, text } : one.response.body,
    },
    failure: one.id === 19 ? { code: text, phase: 'wait', message: text } : one.failure,
  });
  const trace = edit()
    .answer('token', 400, { error: text, error_description: text })
    .body('list', { result: { tools: [{ name: text, inputSchema: { [text]: text } }] } })
    .body('asm', { issuer: text, [text]: [text] })
    .failedAt('refresh', text).trace;
  return {
    ...trace,
    metadata: {
      ...trace.metadata,
      server_url: url,
      client: text,
      consent: text,
      username: text,
      timestamp: text,
      revision: { asked: text, used: null },
      tool: { name: text, version: text },
    },
    secrets: [{ label: text, length: 3, jwt: { header: { alg: text }, claims: { [text]: text } } }],
    sequence_summary: {
      ...trace.sequence_summary,
      client_id: text,
      steps: trace.sequence_summary.steps.map((step) => ({
        ...step,
        reason: text,
        notes: [text],
      })),
    },
    trace_log: trace.trace_log.map(spoil),
  };
}
