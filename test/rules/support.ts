/** Traces for tests of rules: a healthy one, and edits of it that fit in a line of a table. */
import { describe, expect, it } from 'vitest';
import { findRule } from '../../src/rules/index.ts';
import type { Rule, Verdict } from '../../src/rules/rule.ts';
import { redact } from '../../src/trace/redact.ts';
import type { Body, Exchange, Header, StepId, StepRecord, Trace } from '../../src/trace/schema.ts';
import { STEP_IDS } from '../../src/trace/schema.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { formBody, happyTrace, jsonBody, PARTS, type Part, textBody } from './happy-trace.ts';

export {
  exchangeOf,
  formBody,
  happyTrace,
  jsonBody,
  PARTS,
  type Part,
  textBody,
} from './happy-trace.ts';
export * from './happy-world.ts';

type Response = NonNullable<Exchange['response']>;
type Members = Readonly<Record<string, unknown>>;

/** Pure edits of a trace; each returns a new `Edit`, `.trace` is the result. A part may be named or given by id. */
export interface Edit {
  readonly trace: Trace;
  exchange(part: Part | number, change: (exchange: Exchange) => Exchange): Edit;
  response(part: Part | number, change: (response: Response) => Response): Edit;
  status(part: Part | number, status: number): Edit;
  /** Sets a response header, or removes it with undefined. */
  header(part: Part | number, name: string, value: string | undefined): Edit;
  /** Sets a request header, or removes it with undefined. */
  requestHeader(part: Part | number, name: string, value: string | undefined): Edit;
  /** Merges members into the JSON of the response; undefined removes one. Any other value replaces the body. */
  body(part: Part | number, members: unknown): Edit;
  /** Merges members into the JSON of the request; undefined removes one. */
  requestBody(part: Part | number, members: Members): Edit;
  /** Replaces the response body (and its content-type) with text. */
  text(part: Part | number, text: string, contentType: string): Edit;
  /** Merges fields into the form of the request; undefined removes one. */
  form(part: Part | number, fields: Readonly<Record<string, string | undefined>>): Edit;
  /** Merges parameters into the query of the request's URL; undefined removes one. */
  query(part: Part | number, fields: Readonly<Record<string, string | undefined>>): Edit;
  url(part: Part | number, url: string): Edit;
  /** The body of the answer is longer than what was recorded of it. */
  cut(part: Part | number): Edit;
  /** The body of the request is longer than what was recorded of it. */
  cutRequest(part: Part | number): Edit;
  /** Answers with this status and JSON object: an OAuth error, mostly. */
  answer(part: Part | number, status: number, body: Members): Edit;
  /** No answer came. */
  noAnswer(
    part: Part | number,
    code: string,
    phase?: NonNullable<Exchange['failure']>['phase'],
  ): Edit;
  without(...parts: readonly (Part | number)[]): Edit;
  /** Adds a copy of a part right after it, with a new id (100 and up unless told). */
  again(part: Part | number, change?: (exchange: Exchange) => Exchange, id?: number): Edit;
  add(exchange: Exchange): Edit;
  /** Ends the flow here: later steps are skipped and their exchanges gone. */
  failedAt(
    step: StepId,
    reason?: string,
    outcome?: Exclude<Trace['sequence_summary']['outcome'], 'completed'>,
  ): Edit;
  step(id: StepId, change: Partial<StepRecord>): Edit;
  metadata(change: Partial<Trace['metadata']>): Edit;
  /** The revision asked for and the one spoken. */
  revision(asked: string, used: string | null): Edit;
}

/** Starts editing; without an argument, the healthy trace of 2025-11-25. */
export function edit(trace: Trace = happyTrace()): Edit {
  const idOf = (part: Part | number): number => (typeof part === 'number' ? part : PARTS[part]);
  const log = (change: (log: readonly Exchange[]) => readonly Exchange[]): Edit => {
    const trace_log = change(trace.trace_log);
    const steps = trace.sequence_summary.steps.map((record) => ({
      ...record,
      exchanges: trace_log.filter(({ step }) => step === record.id).map(({ id }) => id),
    }));
    return edit({
      ...trace,
      trace_log,
      metadata: { ...trace.metadata, total_requests: trace_log.length },
      sequence_summary: { ...trace.sequence_summary, steps },
    });
  };
  const exchange: Edit['exchange'] = (part, change) => {
    const id = idOf(part);
    if (!trace.trace_log.some((one) => one.id === id)) throw new Error(`no exchange ${part}`);
    return log((all) => all.map((one) => (one.id === id ? change(one) : one)));
  };
  const response: Edit['response'] = (part, change) =>
    exchange(part, (one) => {
      if (!one.response) throw new Error(`no response in ${part}`);
      return { ...one, response: change(one.response) };
    });
  const request = (
    part: Part | number,
    change: (request: Exchange['request']) => Exchange['request'],
  ): Edit => exchange(part, (one) => ({ ...one, request: change(one.request) }));
  const summary = (change: Partial<Trace['sequence_summary']>): Edit =>
    edit({ ...trace, sequence_summary: { ...trace.sequence_summary, ...change } });
  return {
    trace,
    exchange,
    response,
    status: (part, status) => response(part, (one) => ({ ...one, status })),
    header: (part, name, value) =>
      response(part, (one) => ({ ...one, headers: setHeader(one.headers, name, value) })),
    requestHeader: (part, name, value) =>
      request(part, (one) => ({ ...one, headers: setHeader(one.headers, name, value) })),
    body: (part, members) =>
      response(part, (one) => ({ ...one, body: jsonBody(merge(one.body, members)) })),
    requestBody: (part, members) =>
      request(part, (one) => ({ ...one, body: jsonBody(merge(one.body, members)) })),
    text: (part, text, contentType) =>
      response(part, (one) => ({
        ...one,
        headers: setHeader(one.headers, 'content-type', contentType),
        body: textBody(text, contentType.split(';')[0] ?? ''),
      })),
    form: (part, fields) =>
      request(part, (one) => ({
        ...one,
        body: formBody(mergeFields(new URLSearchParams(one.body?.text), fields)),
      })),
    query: (part, fields) =>
      request(part, (one) => {
        const [start = '', query] = one.url.split('?');
        const merged = new URLSearchParams(mergeFields(new URLSearchParams(query), fields));
        return { ...one, url: merged.size > 0 ? `${start}?${merged}` : start };
      }),
    url: (part, url) => request(part, (one) => ({ ...one, url })),
    cut: (part) =>
      response(part, (one) => ({ ...one, body: one.body && { ...one.body, truncated: true } })),
    cutRequest: (part) =>
      request(part, (one) => ({ ...one, body: one.body && { ...one.body, truncated: true } })),
    answer: (part, status, body) =>
      exchange(part, (one) => ({
        ...one,
        response: {
          status,
          headers: [
            ['content-type', 'application/json'],
            ['cache-control', 'no-store'],
          ],
          body: jsonBody(body),
        },
      })),
    noAnswer: (part, code, phase = 'connect') =>
      exchange(part, (one) => ({
        ...one,
        response: null,
        failure: { code, phase, message: `${phase} ${code}` },
      })),
    without: (...parts) => {
      const gone = new Set(parts.map(idOf));
      return log((all) => all.filter((one) => !gone.has(one.id)));
    },
    again: (part, change = (one) => one, id) =>
      log((all) => {
        const fresh = id ?? Math.max(99, ...all.map((one) => one.id)) + 1;
        return all.flatMap((one) =>
          one.id === idOf(part) ? [one, { ...change(one), id: fresh }] : [one],
        );
      }),
    add: (added) => log((all) => [...all, added]),
    failedAt: (step, reason = 'it failed', outcome = 'failed') => {
      const last = STEP_IDS.indexOf(step);
      const isLater = (id: string): boolean => STEP_IDS.indexOf(id as StepId) > last;
      const cut = log((all) => all.filter((one) => !isLater(one.step))).trace;
      const steps = cut.sequence_summary.steps.map((record) =>
        record.id === step
          ? { ...record, outcome, reason }
          : isLater(record.id)
            ? { ...record, outcome: 'skipped' as const, reason: `needs ${step}` }
            : record,
      );
      return edit({
        ...cut,
        sequence_summary: {
          ...cut.sequence_summary,
          outcome,
          failed_step: step,
          reason,
          steps,
          client_id: last > 3 ? cut.sequence_summary.client_id : null,
          auth_code_received: last > 4,
          access_token_received: last > 5,
          refresh_token_received: last > 5,
        },
      });
    },
    step: (id, change) =>
      summary({
        steps: trace.sequence_summary.steps.map((record) =>
          record.id === id ? { ...record, ...change } : record,
        ),
      }),
    metadata: (change) => edit({ ...trace, metadata: { ...trace.metadata, ...change } }),
    revision: (asked, used) =>
      edit({ ...trace, metadata: { ...trace.metadata, revision: { asked, used } } }),
  };
}

/** Tables of one rule: traces it passes, traces it fails with what its message holds, traces it cannot tell from. */
export interface RuleTable {
  readonly valid?: Readonly<Record<string, Edit>>;
  /** A trace, and parts of the expected verdict; `message` may be a part of the text. */
  readonly invalid?: Readonly<Record<string, readonly [Edit, Expected?]>>;
  readonly inconclusive?: Readonly<Record<string, Edit>>;
  readonly notApplicable?: Readonly<Record<string, Edit>>;
}

export interface Expected {
  readonly message?: string;
  readonly severity?: string;
  /** Undefined for the rule's own. */
  readonly fault?: string | undefined;
  /** Part of the advice that stands in for the rule's own. */
  readonly fix?: string;
  /** `part/pointer`: the first evidence. */
  readonly at?: string;
}

/** Registers a test per row; the rule may be named by its id. */
export function ruleTable(named: Rule | string, table: RuleTable): void {
  const rule = typeof named === 'string' ? findRule(named) : named;
  if (!rule) throw new Error(`no rule ${JSON.stringify(named)}`);
  const verdictOf = ({ trace }: Edit): Verdict => {
    const verdict = rule.judge(viewTrace(trace));
    expect(rule.judge(viewTrace(redact(trace))), 'of the redacted trace').toEqual(verdict);
    return verdict;
  };
  describe(rule.id, () => {
    const kinds = { valid: 'pass', inconclusive: 'inconclusive', notApplicable: 'not-applicable' };
    for (const [name, kind] of Object.entries(kinds))
      it.each(Object.entries(table[name as keyof typeof kinds] ?? {}))(`${kind}: %s`, (_, row) => {
        expect(verdictOf(row)).toMatchObject({ kind });
      });
    it.each(Object.entries(table.invalid ?? {}))('fails: %s', (_, [row, expected = {}]) => {
      const verdict = verdictOf(row);
      expect(verdict).toMatchObject({ kind: 'fail' });
      if (verdict.kind !== 'fail') return;
      if (expected.message) expect(verdict.message).toContain(expected.message);
      if (expected.severity) expect(verdict.severity).toBe(expected.severity);
      if ('fault' in expected) expect(verdict.fault).toBe(expected.fault);
      if (expected.fix) expect(verdict.fix).toContain(expected.fix);
      if (expected.at) expect(placeOf(verdict.evidence[0])).toBe(expected.at);
    });
  });
}

function placeOf(evidence: { exchange: number; pointer: string } | undefined): string {
  const part = Object.entries(PARTS).find(([, id]) => id === evidence?.exchange)?.[0];
  return `${part ?? evidence?.exchange}${evidence?.pointer}`;
}

function setHeader(
  headers: readonly Header[],
  name: string,
  value: string | undefined,
): readonly Header[] {
  const others = headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return value === undefined ? others : [...others, [name, value]];
}

function merge(body: Body | null, members: unknown): unknown {
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return members;
  return { ...(JSON.parse(body?.text ?? '{}') as object), ...members };
}

function mergeFields(
  start: URLSearchParams,
  fields: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const merged: Record<string, string | undefined> = { ...Object.fromEntries(start), ...fields };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
