import type { Answer, Inbound } from './answer.ts';
import type { Claims } from './realm.ts';

/** One deviation from the specifications: a change of one answer, or one check left out. */
export interface Fault {
  readonly id: string;
  /** What the server does wrong, as a statement. */
  readonly describe: string;
  /** Rules that notice it. */
  readonly rules: readonly string[];
  /** Changes the one answer it is about, and gives every other back. */
  readonly change?: (answer: Answer, inbound: Inbound) => Answer;
  /** Changes the claims of an access token before it is signed. */
  readonly mint?: (claims: Claims, situation: 'code' | 'refresh') => Claims;
  /** A check the server leaves out. */
  readonly omits?: readonly Check[];
}

/** What the server checks unless a fault says otherwise. */
export type Check =
  | 'audience'
  | 'client-binding'
  | 'code-replay'
  | 'code-replay-revocation'
  | 'expiry'
  | 'origin'
  | 'pkce'
  | 'redirect-uri'
  | 'refresh-replay'
  | 'refresh-replay-revocation'
  | 'refresh-scope'
  | 'resource'
  | 'revocation'
  | 'signature'
  | 'verifier';

/** Every deviation the server knows. */
export const FAULTS: readonly Fault[] = [];

/**
 * The fault with this id.
 * @throws {Error} naming the ids most like it, when there is none.
 */
export function findFault(id: string): Fault {
  const fault = FAULTS.find((candidate) => candidate.id === id);
  if (fault) return fault;
  throw new Error(`unknown fault ${JSON.stringify(id)}`);
}
