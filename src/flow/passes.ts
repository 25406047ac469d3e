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

/** The facts that still hold when the run goes back to a step: those of the steps before it. */
export function factsBefore(facts: Partial<Facts>, index: number): Partial<Facts> {
  const forgotten = new Set(SEQUENCE.slice(index).flatMap(({ id }) => PRODUCTS[id] ?? []));
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !forgotten.has(name as keyof Facts)),
  );
}
