import { createHash, timingSafeEqual } from 'node:crypto';

/** What arrived at the callback's path. */
export interface CallbackRequest {
  readonly method: string;
  readonly host: string | undefined;
  /** Undefined for a body that is too large to be one. */
  readonly parameters: URLSearchParams | undefined;
}

/** Which callback is waited for: none yet, the one with this state, none any more. */
export type Awaited = 'nothing-yet' | { readonly state: string } | 'nothing-more';

/** Why a request is not the awaited callback, and the status that says so. */
export interface Rejection {
  readonly status: number;
  readonly reason: string;
}

/**
 * Judges what came to the callback's path; undefined for the awaited callback. Parameters must not
 * occur twice (RFC 6749 section 3.1), and the state is compared in constant time.
 */
export function rejectionOf(request: CallbackRequest, awaited: Awaited): Rejection | undefined {
  const { method, host, parameters } = request;
  if (!isLoopbackName(host))
    return { status: 403, reason: 'its Host header does not name this machine' };
  if (method !== 'GET' && method !== 'POST')
    return { status: 405, reason: `its method is ${method}` };
  if (!parameters) return { status: 413, reason: 'its body is too large' };
  if (awaited === 'nothing-yet') return { status: 400, reason: 'no authorization is under way' };
  if (awaited === 'nothing-more') return { status: 400, reason: 'one was accepted before' };
  const fault = stateFault(parameters.getAll('state'), awaited.state) ?? contentFault(parameters);
  return fault === undefined ? undefined : { status: 400, reason: fault };
}

function stateFault(states: readonly string[], expected: string): string | undefined {
  if (states.length > 1) return 'state occurs more than once';
  if (states[0] === undefined) return 'it carries no state';
  return equal(states[0], expected) ? undefined : 'its state is not the one that was sent';
}

function contentFault(parameters: URLSearchParams): string | undefined {
  const twice = ['code', 'iss', 'error'].find((name) => parameters.getAll(name).length > 1);
  if (twice) return `${twice} occurs more than once`;
  if (parameters.has('code') || parameters.has('error')) return undefined;
  return 'it carries neither code nor error';
}

/** Compares in constant time, whatever the lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host ?? '');
}
