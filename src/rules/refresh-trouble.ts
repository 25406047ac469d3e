/** Ways in which refreshing breaks that real deployments have shown. */
import { quoted } from '../oauth/quoted.ts';
import { oauth21, rfc6749, rfc8707 } from '../spec/references.ts';
import type { View } from '../trace/view.ts';
import { RESOURCE } from './evidence.ts';
import {
  isSettled,
  type RefreshAttempt,
  refreshAttempts,
  refusedAttempts,
  useBefore,
  wasLostBefore,
} from './refresh-attempt.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Verdict } from './rule.ts';

/** Milliseconds within which a second use of a refresh token is a race, not a theft. */
const RACE = 30_000;

const rejectsResource = defineRule({
  id: 'refresh-rejects-resource',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'B-D',
  requires: 'A refresh request may carry the resource that the code exchange carried.',
  why: 'MCP clients send resource with every token request. A server that accepts it for the code and refuses it for the refresh signs every user out at the first expiry.',
  fix: 'Accept resource with the refresh grant when it names what was granted; a server without RFC 8707 ignores the parameter.',
  example: 'grant_type=refresh_token&refresh_token=…&resource=https%3A%2F%2Fapi.example.com%2Fmcp',
  affected: { clients: ['every client that sends resource'], confidence: 'confirmed' },
  spec: [rfc8707('2.2')],
  outranks: ['refresh-failed'],
  judge: (view) =>
    judgeRefused(view, (attempt) =>
      attempt.form.has('resource') &&
      (attempt.error === 'invalid_target' || RESOURCE.test(attempt.description))
        ? `the refresh with resource=${quoted(attempt.form.get('resource'))} was answered ${errorOf(attempt)}, expected the resource to be accepted or ignored`
        : undefined,
    ),
});

const needsScope = defineRule({
  id: 'refresh-needs-scope',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A refresh request without scope asks for the scope that was granted before.',
  why: 'Most clients leave scope out when they refresh, as OAuth lets them. Microsoft Entra answers AADSTS90009 to some of them, and their users sign in again every hour.',
  fix: 'Treat a missing scope as the scope of the grant. On Entra, ask for <resource>/.default at the authorization request, so that the refresh does not need a scope.',
  example: 'grant_type=refresh_token&refresh_token=…&client_id=…',
  affected: { clients: ['Claude', 'Claude Desktop'], confidence: 'reported' },
  spec: [rfc6749('6')],
  outranks: ['refresh-failed'],
  judge: (view) =>
    judgeRefused(view, (attempt) =>
      !attempt.form.has('scope') && asksForScope(attempt)
        ? `the refresh without scope was answered ${errorOf(attempt)}, expected the granted scope to be taken`
        : undefined,
    ),
});

/** A grant that lacks a scope is another matter than a request that lacks one. */
function asksForScope({ error, description }: RefreshAttempt): boolean {
  const words = error === 'invalid_grant' ? /AADSTS90009/ : /AADSTS90009|\bscopes?\b/i;
  return error === 'invalid_scope' || words.test(description);
}

const omitsNewToken = defineRule({
  id: 'refresh-omits-new-token',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A refresh token stays good until the client has been given another one.',
  why: 'The client keeps the refresh token it has when the answer names no new one. If the server retired it all the same, the next refresh fails and the user is signed out.',
  fix: 'Return the new refresh_token in the same answer that retires the old one, or keep the old one valid.',
  example: '{ "access_token": "…", "token_type": "Bearer", "refresh_token": "<the new one>" }',
  affected: { clients: ['every client'], confidence: 'reported' },
  spec: [rfc6749('6')],
  outranks: ['refresh-failed', 'refresh-not-rotated'],
  judge: (view) =>
    judgeRefused(view, (attempt) => {
      const earlier = useBefore(view, attempt);
      return earlier && earlier.received === undefined
        ? `the refresh token was answered ${errorOf(attempt)} after exchange ${earlier.exchange.id} gave no other one, expected it to stay good`
        : undefined;
    }),
});

const noGrace = defineRule({
  id: 'refresh-no-grace',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A superseded refresh token is tolerated for the few seconds of a race.',
  why: 'Clients with several processes or servers refresh at the same moment. Where the second request kills the grant, their users are signed out at random.',
  fix: 'Accept the superseded token for some seconds and answer with the tokens already issued; revoke the grant only when it comes later.',
  example: 'HTTP/1.1 200 OK   to the second use within seconds, with the tokens already issued',
  affected: { clients: ['Claude', 'Claude Code'], confidence: 'reported' },
  spec: [oauth21('4.3.1')],
  outranks: ['refresh-failed'],
  judge: (view) =>
    judgeRefused(view, (attempt) => {
      const earlier = useBefore(view, attempt);
      return earlier?.received !== undefined && attempt.sentAt - earlier.sentAt <= RACE
        ? `a refresh token was answered ${errorOf(attempt)} ${Math.round((attempt.sentAt - earlier.sentAt) / 1000)} s after its first use, expected a grace of some seconds`
        : undefined;
    }),
});

const tokenReused = defineRule({
  id: 'client-refresh-token-reused',
  step: 'refresh',
  fault: 'client',
  level: 'MUST',
  severity: 'warning',
  revisions: 'A-D',
  requires: 'A client forgets a refresh token as soon as it was given another one.',
  why: 'A careful server takes the second use for a theft and revokes everything, also the token that the client holds now.',
  fix: 'Replace the stored refresh token in the same step that stores the new access token, and let only one process refresh at a time.',
  example: 'grant_type=refresh_token&refresh_token=<the one of the last answer>',
  spec: [oauth21('4.3.1')],
  judge(view) {
    const attempts = refreshAttempts(view);
    if (attempts.length === 0) return notApplicable('no refresh took place');
    const again = attempts.find((attempt) => {
      const earlier = useBefore(view, attempt);
      return earlier?.received !== undefined && attempt.sentAt - earlier.sentAt > RACE;
    });
    if (again)
      return fail(
        'a refresh token was sent long after another one had replaced it, expected the newest one',
        at(again.exchange, '/request/body/refresh_token'),
      );
    return attempts.some((attempt) => wasLostBefore(view, attempt))
      ? inconclusive('a refresh token was sent again after an answer that is missing or was cut')
      : pass;
  },
});

/** The rules about refreshing that no sentence of a standard covers. */
export const refreshTroubleRules = [
  rejectsResource,
  needsScope,
  omitsNewToken,
  noGrace,
  tokenReused,
];

/** Fails on the first refused refresh of which `seen` has something to say. */
function judgeRefused(view: View, seen: (attempt: RefreshAttempt) => string | undefined): Verdict {
  const attempts = refreshAttempts(view);
  if (attempts.length === 0) return notApplicable('no refresh took place');
  if (!attempts.some(isSettled))
    return inconclusive('no refresh request was answered, or only put off');
  for (const attempt of refusedAttempts(view)) {
    const message = seen(attempt);
    if (message !== undefined) return fail(message, at(attempt.exchange, '/response/body/error'));
  }
  return pass;
}

function errorOf({ exchange, error, description }: RefreshAttempt): string {
  const status = exchange.response?.status;
  const said = [error, description].filter((text) => text !== '').map(quoted);
  return [status, ...said].join(' ');
}
