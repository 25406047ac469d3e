/** Whose no an authorization error was. */
import { formOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { authorizationAdvice } from './authorization-advice.ts';
import { scopesNamed } from './authorization-scope.ts';
import { requestBefore } from './front-channel.ts';

/** What to do about a refused authorization, and whose it is where it was the user who refused. */
export function adviceOn(
  view: View,
  refused: Refused,
): { readonly fix: string; readonly fault?: 'user' } {
  return isUsersNo(view, refused)
    ? {
        fault: 'user',
        fix: 'The user said no: run again and approve the request. With --approve, give the text of the button that grants it.',
      }
    : { fix: authorizationAdvice(refused.error, refused.status) + scopeAdvice(view, refused) };
}

/** oidc-provider is one that has nothing to ask the user for then, and denies without a page. */
function scopeAdvice(view: View, { error, exchange }: Refused): string {
  const request = error === 'access_denied' ? requestBefore(view, exchange) : undefined;
  const isBare = request?.parameters?.get('scope') === null;
  return isBare && scopesNamed(view, request.exchange).size === 0
    ? ' No scope was sent, as neither challenge nor resource metadata names one: some servers then grant nothing and deny without asking, so name the scopes there.'
    : '';
}

/** Whether the trace shows that the user refused: by a button that was pressed, or in the server's words. */
function isUsersNo(view: View, { exchange, error, description }: Refused): boolean {
  return error === 'access_denied' && (saysUser(description) || pressedRefusal(view, exchange));
}

interface Refused {
  readonly exchange: Exchange;
  readonly status: number;
  readonly error: string | undefined;
  readonly description: string;
}

/** RFC 6749 words it as "the resource owner or authorization server", which tells nothing. */
function saysUser(description: string): boolean {
  return USER.test(description) && !POLICY.test(description);
}

const USER =
  /\b(?:user|owner)\b[^.]{0,20}\b(?:denied|declined|refused|rejected|cancell?ed|aborted|did not (?:approve|consent|grant))\b/i;

const POLICY =
  /\b(?:server|polic(?:y|ies)|admin(?:istrator)?s?|tenant|organi[sz]ation|role|group)\b/i;

/** The last form before the answer says which button was pressed, by its name or its value. */
function pressedRefusal({ exchanges }: View, { id }: Exchange): boolean {
  const form = exchanges.findLast(
    (one) => one.id < id && one.channel === 'front' && one.request.method === 'POST',
  );
  return (
    form !== undefined &&
    [...formOf(form)].some(([name, value]) => REFUSAL.test(value) || (value && REFUSAL.test(name)))
  );
}

const REFUSAL = /^(?:deny|denied|reject|refuse|decline|cancel|disallow)$/i;
