/** Whether one change takes away what clients rely on, by where it stands and by what it was and is. */

import type { Difference } from './difference.ts';
import { setChange } from './set-change.ts';

/** What people read and no client acts on; a property that a tool calls so is none of it. */
const WORDING =
  /(?<!\/properties)\/(?:title|description|realm|error_description|error_uri|(?:client|logo|tos|policy|op_tos|op_policy|resource_tos|resource_policy)_uri|(?:resource|client)_name|(?:service|resource)_documentation)(?:#[^/]*)?$/;

/** What a client misses nothing of, and what asks more of it or fails it where it comes. */
const UNWELCOME =
  /^\/failure$|\/malformed$|^\/response\/body\/error$|(?<!\/properties)\/required$|\/require_[a-z_]+$|_bound_access_tokens$/;

/** Follows from the method of authentication that was registered, which is compared for itself. */
const CLIENT_SECRET = /^\/response\/body\/client_secret(?:_expires_at)?$/;

/** True unless something only came, grew, or is worded in another way. */
export function isLoss(
  difference: Pick<Difference, 'kind' | 'where' | 'before' | 'after'>,
): boolean {
  const { kind, where, before, after } = difference;
  const { pointer, step } = where;
  if (CLIENT_SECRET.test(pointer)) return false;
  if (WORDING.test(pointer) && [before, after].every(isText)) return false;
  if (UNWELCOME.test(pointer)) return comes(before, after);
  if (pointer === '/response/status')
    return standingOf(Number(after), step) < standingOf(Number(before), step);
  if (pointer === '/metadata/revision/used') return String(after) < String(before);
  if (kind === 'lifetime' && typeof before === 'number' && typeof after === 'number')
    // How long to wait between two questions is the better the shorter.
    return pointer.endsWith('/interval') ? after > before : after < before;
  return loses(before, after);
}

function loses(before: unknown, after: unknown): boolean {
  if (Array.isArray(before) && Array.isArray(after))
    return setChange(before, after).lost.length > 0;
  return !isNothing(before);
}

function comes(before: unknown, after: unknown): boolean {
  if (Array.isArray(after))
    return setChange(Array.isArray(before) ? before : [], after).gained.length > 0;
  return isNothing(before) && !isNothing(after);
}

/** How good an answer is: a request without a token is there to be refused with 401. */
function standingOf(status: number, step: string | null): number {
  if (step === 'challenge' && status === 401) return 2;
  return status < 400 ? 1 : 0;
}

function isNothing(value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return isEmpty || [undefined, null, false, 0, ''].some((nothing) => value === nothing);
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
