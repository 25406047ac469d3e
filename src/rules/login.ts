/** Logins that were sent, and whether they were accepted. */
import { formOf, objectOf } from '../trace/body.ts';
import { kindOfName } from '../trace/redact/names.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import { explanationOf } from './evidence.ts';
import { startOf } from './redirect.ts';

/** What a user proves to be somebody with. */
export type Proof = 'password' | 'otp';

/** A secret of the user was typed: what the server makes of it says nothing of the authorization request. */
export function isLogin(exchange: Exchange): boolean {
  return proofsIn(exchange).length > 0;
}

/** What was refused, where an exchange is the answer to a login, be it after redirects; else undefined. */
export function refusedProof(view: View, exchange: Exchange): Proof | undefined {
  const login = startOf(view, exchange);
  const proofs = proofsIn(login);
  const again = proofs.find(([name]) => asksFor(exchange, name));
  const denied = login === exchange && isDenial(exchange) ? proofs[0] : undefined;
  return (again ?? denied)?.[1];
}

/**
 * True where the form itself is refused and not what stands in it: the server takes it for one that another
 * site sent, or misses the cookie that the page before came with.
 */
export function isTakenForForged(exchange: Exchange): boolean {
  return FORGED.test(explanationOf(exchange));
}

const FORGED =
  /\b(?:csrf|xsrf|forge(?:d|ry)|cross[- ]site)\b|authenticity token|\binvalid (?:origin|referer)|\borigin (?:check|mismatch)|not sent from|\b(?:cookies?|session)\b[^.]{0,40}\b(?:missing|not (?:found|set|sent)|expired|invalid|disabled|required)\b|\b(?:missing|invalid|expired|enable)\b[^.]{0,20}\b(?:cookies?|session)\b/i;

/** The secrets of a form, by the names of their fields. */
function proofsIn(exchange: Exchange): readonly (readonly [name: string, proof: Proof])[] {
  return [...formOf(exchange).keys()].flatMap((name) => {
    const proof = PASSWORD.test(name) ? 'password' : kindOfName(name);
    return proof === 'password' || proof === 'otp' ? [[name, proof] as const] : [];
  });
}

const PASSWORD = /pass(word|wd)?$|^pwd$/i;

/** A refusal without the form, unless it is one of the request or of the form. */
function isDenial(exchange: Exchange): boolean {
  const { status = 0, body } = exchange.response ?? {};
  const error = stringMember(objectOf(body), 'error');
  return (status === 401 || status === 403) && error === undefined && !isTakenForForged(exchange);
}

/** A page with the same field again. */
function asksFor({ response }: Exchange, name: string): boolean {
  const attribute = name.replace(/[^\w-]/g, '\\$&');
  const pattern = new RegExp(
    `<input\\b[^<>]{0,2000}\\sname\\s{0,9}=\\s{0,9}["']?${attribute}["'\\s/>]`,
    'i',
  );
  return pattern.test(response?.body?.text ?? '');
}
