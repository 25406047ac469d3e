/** What the client itself says, and what a server only says after it. */
import type { Role } from '../trace/view.ts';
import type { Fact, Facts } from './fact.ts';
import { type Side, shownValue, type Two } from './side.ts';

/**
 * True where the client speaks for itself: in its requests, in its metadata document, and in an answer
 * that repeats in both runs what was asked (RFC 7591 section 3.2.1, RFC 6749 section 5.1). A callback is
 * the server's word.
 */
export function isOfClient(
  role: Role,
  pointer: string,
  facts: Two<Facts>,
  sides: Two<Side>,
): boolean {
  if (pointer.startsWith('/request')) return role !== 'callback';
  if (role === 'client-metadata') return pointer.startsWith(ANSWER);
  return [0, 1].every((index) => {
    const [own, side] = [facts[index], sides[index]];
    if (!own || !side) return false;
    return isSame(own.get(pointer), asked(role, pointer, own, side), side);
  });
}

/** What was asked for where this is the answer to it; the fact itself has another name then. */
function asked(role: Role, pointer: string, own: Facts, side: Side): Fact | undefined | null {
  if (role === 'registration' && pointer.startsWith(ANSWER))
    return own.get(`/request/body/${pointer.slice(ANSWER.length)}`);
  if (role === 'token' && own.get(pointer)?.kind === 'scope') {
    const request = side.view.authorizations.at(-1);
    return request && side.facts(request).get('/request/query/scope');
  }
  return null;
}

const ANSWER = '/response/body/';

function isSame(fact: Fact | undefined, other: Fact | undefined | null, side: Side): boolean {
  if (other === null) return false;
  if (!fact || !other) return fact === other;
  return JSON.stringify(shownValue(fact, side)) === JSON.stringify(shownValue(other, side));
}
