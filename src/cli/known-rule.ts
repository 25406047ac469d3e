import { RULES } from '../rules/index.ts';
import { UserError } from './exit.ts';
import { nearest } from './nearest.ts';

/** @throws {UserError} for an id that no rule has. */
export function requireRule(id: string, where: string): void {
  const ids = RULES.map((rule) => rule.id);
  if (ids.includes(id)) return;
  const close = nearest(id, ids);
  throw new UserError(
    `${where} names ${JSON.stringify(id)}, which is no rule${close ? `; did you mean ${close}?` : ''}`,
  );
}
