import { unknownRule } from '../rules/known-rule.ts';
import { UserError } from './exit.ts';

/** @throws {UserError} for an id that no rule has. */
export function requireRule(id: string, where: string): void {
  const unknown = unknownRule(id);
  if (unknown !== undefined) throw new UserError(`${where} names ${unknown}`);
}
