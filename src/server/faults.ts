import { AUTHORIZATION_FAULTS } from './faults/authorization.ts';
import { CALL_FAULTS } from './faults/call.ts';
import { CHALLENGE_FAULTS } from './faults/challenge.ts';
import type { Fault } from './faults/fault.ts';
import { MODERN_FAULTS } from './faults/modern.ts';
import { AUTHORIZATION_PROBE_FAULTS } from './faults/probe-authorization.ts';
import { CALL_PROBE_FAULTS } from './faults/probe-call.ts';
import { REFUSAL_FAULTS } from './faults/refusal.ts';
import { REGISTRATION_FAULTS } from './faults/registration.ts';
import { RESOURCE_METADATA_FAULTS } from './faults/resource-metadata.ts';
import { SERVER_METADATA_FAULTS } from './faults/server-metadata.ts';
import { TOKEN_FAULTS } from './faults/token.ts';
import { UNCHECKED_FAULTS } from './faults/unchecked.ts';

/** Every deviation the server knows, in the order of the sequence; those that need a probe last. */
export const FAULTS: readonly Fault[] = [
  ...CHALLENGE_FAULTS,
  ...RESOURCE_METADATA_FAULTS,
  ...SERVER_METADATA_FAULTS,
  ...REGISTRATION_FAULTS,
  ...REFUSAL_FAULTS,
  ...AUTHORIZATION_FAULTS,
  ...TOKEN_FAULTS,
  ...CALL_FAULTS,
  ...MODERN_FAULTS,
  ...AUTHORIZATION_PROBE_FAULTS,
  ...CALL_PROBE_FAULTS,
  ...UNCHECKED_FAULTS,
];

/**
 * The fault with this id.
 * @throws {Error} with the ids most like it, when there is none.
 */
export function findFault(id: string): Fault {
  const fault = FAULTS.find((candidate) => candidate.id === id);
  if (fault) return fault;
  const near = nearIds(id).join(', ');
  throw new Error(`fault ${JSON.stringify(id)} is unknown, expected one such as ${near}`);
}

const NEAR = 3;

function nearIds(id: string): readonly string[] {
  const pairs = new Set(letterPairs(id));
  const likeness = (candidate: string): number => {
    const own = letterPairs(candidate);
    return (2 * own.filter((pair) => pairs.has(pair)).length) / (own.length + pairs.size);
  };
  return FAULTS.map((fault) => fault.id)
    .sort((a, b) => likeness(b) - likeness(a))
    .slice(0, NEAR);
}

function letterPairs(text: string): readonly string[] {
  return [...text.toLowerCase()].slice(1).map((letter, index) => text[index] + letter);
}
