import { SEQUENCE } from './sequence.ts';
import type { Facts } from './step.ts';

/** What each step finds out: forgotten when the run goes back to it or past it. */
const PRODUCTS: Readonly<Record<string, readonly (keyof Facts)[]>> = {
  challenge: ['challenge'],
  'resource-metadata': ['resource'],
  'server-metadata': ['server'],
  registration: ['client'],
  authorization: ['grant'],
  token: ['tokens', 'dpop'],
  call: ['revision'],
};

/**
 * The facts that still hold when the run goes back to a step: those of the steps before it. What the
 * forgotten ones hold at a server is remembered, to be cleaned up.
 */
export function factsBefore(facts: Partial<Facts>, index: number): Partial<Facts> {
  const forgotten = new Set(SEQUENCE.slice(index).flatMap(({ id }) => PRODUCTS[id] ?? []));
  const kept = Object.fromEntries(
    Object.entries(facts).filter(([name]) => !forgotten.has(name as keyof Facts)),
  );
  const { server, client, tokens, superseded = [] } = facts;
  const isLeft = tokens !== undefined || (forgotten.has('client') && client?.management);
  if (!server || !client || !isLeft) return kept;
  const holding = { server, client, ...(tokens && { tokens }) };
  return { ...kept, superseded: [...superseded, holding] };
}
