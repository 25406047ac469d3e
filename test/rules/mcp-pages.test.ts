import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callRules } from '../../src/rules/call.ts';
import { edgeRules } from '../../src/rules/edge.ts';
import { envelopeRules } from '../../src/rules/envelope.ts';
import { firstCallRules } from '../../src/rules/first-call.ts';
import { judge } from '../../src/rules/judge.ts';
import { modernRules } from '../../src/rules/modern.ts';
import { modernDetailRules } from '../../src/rules/modern-detail.ts';
import { oauthLegRules } from '../../src/rules/oauth-leg.ts';
import { refreshRules } from '../../src/rules/refresh.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { sessionRules } from '../../src/rules/session.ts';
import { stepUpRules } from '../../src/rules/step-up.ts';
import { tokenPlacementRules } from '../../src/rules/token-placement.ts';
import { transportRules } from '../../src/rules/transport.ts';
import { REVISIONS } from '../../src/spec/revisions.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { describeSecret, machineLabel } from '../../src/trace/secret.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { accessToken, type Edit, edit, happyTrace } from './support.ts';

const RULES: readonly Rule[] = [
  callRules,
  edgeRules,
  envelopeRules,
  firstCallRules,
  modernRules,
  modernDetailRules,
  oauthLegRules,
  refreshRules,
  sessionRules,
  stepUpRules,
  tokenPlacementRules,
  transportRules,
].flat();

const ids = REVISIONS.map(({ id }) => id);

it.each(ids)('the healthy trace of %s gives no finding', (revision) => {
  expect(judge(happyTrace(revision), RULES).findings).toEqual([]);
});

it.each(ids)('the healthy trace of %s gives none when it settled on no revision', (revision) => {
  const { trace } = edit(happyTrace(revision)).revision('auto', null);
  expect(judge(trace, RULES).findings).toEqual([]);
});

it('a session lost before the run settled on a revision is found', () => {
  const { trace } = edit().status('list', 404).revision('auto', null);
  expect(judge(trace, RULES).findings.map(({ rule }) => rule.id)).toEqual(['session-lost']);
});

/** The trace with every token and session id replaced by its label, as a saved file holds them. */
function redact(trace: Trace): Trace {
  const values = [1, 2].flatMap((nth) => [
    ...ids.flatMap((revision) =>
      ['notes.read', 'notes.read offline_access'].map((scope) => accessToken(revision, nth, scope)),
    ),
    `rt-${nth}-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y`,
  ]);
  const labels = values.map((value) => [value, machineLabel('token', value)] as const);
  const text = labels.reduce(
    (json, [value, label]) => json.replaceAll(value, label),
    JSON.stringify(trace),
  );
  return {
    ...(JSON.parse(text) as Trace),
    secrets: labels.map(([value, label]) => describeSecret(label, value)),
  };
}

const BROKEN: Readonly<Record<string, Edit>> = {
  'a healthy trace': edit(),
  'a refused token': edit().answer('list', 401, {}),
  'a token of another issuer': edit()
    .body('asm', { issuer: 'https://x.test' })
    .answer('list', 401, {}),
  'a refresh that rotates nothing': edit().body('refresh', { refresh_token: undefined }),
  'a refused refresh': edit().answer('refresh', 400, { error: 'invalid_grant' }),
  'a refreshed scope': edit().body('refresh', { scope: 'a b' }),
  'a scope contradiction': edit()
    .status('call', 403)
    .header('call', 'www-authenticate', 'Bearer error="insufficient_scope", scope="notes.read"'),
  'a token in a URL': edit().url(
    'list',
    `https://api.demo.test/team/mcp?t=${accessToken('2025-11-25', 1, 'notes.read')}`,
  ),
};

it.each(Object.entries(BROKEN))('%s gives the same findings when redacted', (_, { trace }) => {
  const told = (one: Trace) =>
    judge(one, RULES).findings.map(({ rule, message, evidence }) => [rule.id, message, evidence]);
  expect(told(redact(trace))).toEqual(told(trace));
});

describe('a trace of junk', () => {
  const junk = fc.oneof(
    fc.constant('{"jsonrpc":"2.0","id":1,"result":null,"params":[],"error":7}'),
    fc.constant('data: {"jsonrpc":"2.0","method":{},"params":null}\n\n'),
    fc.json(),
    fc.string(),
  );
  const types = fc.constantFrom(
    'application/json',
    'text/event-stream',
    'text/html',
    '',
    'application/x-www-form-urlencoded',
  );
  const value = fc.oneof(
    fc.string(),
    fc.constant('Bearer error="insufficient_scope", scope="a"'),
    fc.constant('http://['),
  );
  const name = fc.constantFrom(
    'www-authenticate',
    'location',
    'mcp-session-id',
    'mcp-protocol-version',
    'authorization',
    'accept',
    'content-type',
  );
  const headers = fc.array(fc.tuple(name, value), { maxLength: 4 });
  const body = fc.option(fc.record({ media_type: types, size: fc.nat(), text: junk }));

  it.each(ids)('never makes a rule throw (%s)', (revision) => {
    const start = happyTrace(revision);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            index: fc.nat({ max: start.trace_log.length - 1 }),
            url: fc.oneof(fc.constant(''), fc.webUrl(), fc.string()),
            status: fc.constantFrom(200, 202, 301, 400, 401, 403, 404, 406, 421, 500),
            sent: headers,
            got: headers,
            asked: body,
            answered: body,
            date: fc.constantFrom('2026-01-15T10:30:00.000Z', 'never'),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        (changes) => {
          const trace_log = start.trace_log.map((one, index) => {
            const change = changes.find((each) => each.index === index);
            if (!change) return one;
            return {
              ...one,
              started_at: change.date,
              request: {
                ...one.request,
                url: index % 2 ? change.url : one.request.url,
                headers: change.sent,
                body: change.asked,
              },
              response: { status: change.status, headers: change.got, body: change.answered },
            };
          });
          const view = viewTrace({ ...start, trace_log });
          for (const rule of RULES) expect(rule.judge(view)).toHaveProperty('kind');
        },
      ),
      { numRuns: 100 },
    );
  });
});
