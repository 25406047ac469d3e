/** What became worse since the baseline, in words that need no diff beside them. */
import { describe } from '../diff/describe.ts';
import type { Difference, Where } from '../diff/difference.ts';
import type { BaselineComparison } from './reporter.ts';
import { cutText, visibleLine } from './visible.ts';

/** Enough to know what happened; the diff tells the rest. */
const MOST_WORSE = 5;
const LONGEST_WORSE = 240;

/** One line: `Worse than base.json: refresh_token is gone from the answer of the token endpoint.` */
export function baselineLine({ name, worse }: BaselineComparison): string {
  if (worse.length === 0) return visibleLine(`Not worse than ${name}.`);
  return visibleLine(`Worse than ${name}: ${worseList(worse, MOST_WORSE).join('; ')}.`);
}

/** As many of them as `most`, and how many are left. */
export function worseList(worse: readonly Difference[], most: number): readonly string[] {
  const left = worse.length - most;
  return [...worse.slice(0, most).map(worseWords), ...(left > 0 ? [`and ${left} more`] : [])];
}

/** One thing that is worse, and where it is seen. */
export function worseWords(difference: Difference): string {
  const { change, where, text } = difference;
  const place = placeWords(where);
  const what = change === 'removed' && place !== '' ? describe({ change, where }) : text;
  const preposition = change === 'removed' ? 'from' : 'in';
  return cutText(place === '' ? what : `${what} ${preposition} ${place}`, LONGEST_WORSE);
}

function placeWords({ step, role, name }: Where): string {
  if (role === null) return '';
  if (role === 'mcp') {
    const anonymous = step === 'challenge' ? ' without a token' : '';
    return `the answer to ${name ?? 'the MCP request'}${anonymous}`;
  }
  if (role === 'token' && name === 'refresh_token') return `${PLACES.token} to the refresh`;
  return PLACES[role];
}

const PLACES: Readonly<Record<Exclude<Where['role'], null | 'mcp'>, string>> = {
  'resource-metadata': 'the resource metadata',
  'server-metadata': 'the authorization server metadata',
  registration: 'the answer of the registration endpoint',
  'client-configuration': 'the answer of the client configuration endpoint',
  'client-metadata': 'the client metadata document',
  'pushed-authorization': 'the answer to the pushed authorization request',
  'device-authorization': 'the answer of the device authorization endpoint',
  authorization: 'the answer of the authorization endpoint',
  page: 'a page of the authorization server',
  callback: 'the redirect back to the client',
  token: 'the answer of the token endpoint',
  revocation: 'the answer of the revocation endpoint',
  other: 'another answer',
};
