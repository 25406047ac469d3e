/** Secrets that running text gives away by their own look. All linear in the length of the text. */
import { kindOfName } from './names.ts';
import { looksRandom } from './vocabulary.ts';

/** Something found in running text and what it is. */
export interface Sighting {
  readonly kind: string;
  readonly value: string;
}

/** Everything that running text gives away. */
export function findInText(text: string): readonly Sighting[] {
  return [...findJwts(text), ...findEmails(text), ...findNamed(text)];
}

/** JWTs in compact form, also one whose end the body cap cut off. */
function findJwts(text: string): readonly Sighting[] {
  const run = /[\w-]+(?:\.[\w-]*)*/y;
  const found: Sighting[] = [];
  let start = text.indexOf('eyJ');
  while (start >= 0) {
    run.lastIndex = start;
    const whole = run.exec(text)?.[0] ?? 'eyJ';
    const parts = whole.split('.');
    const [header = '', claims = ''] = parts;
    if (header.length >= 10 && claims.length >= 4) {
      // Three parts are a JWS, five a JWE; what follows is the end of a sentence or a host name.
      const count = parts.length >= 5 && parts.every((part) => part !== '') ? 5 : 3;
      found.push({ kind: 'jwt', value: parts.slice(0, count).join('.') });
    }
    start = text.indexOf('eyJ', start + whole.length);
  }
  return found;
}

const LOCAL = /[\w.+-]/;
const DOMAIN = /[\w.-]/;

/** E-mail addresses; not the user-info and host of a URL. */
function findEmails(text: string): readonly Sighting[] {
  const found: Sighting[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < 64 && LOCAL.test(text.charAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && end - at < 255 && DOMAIN.test(text.charAt(end))) end += 1;
    const domain = text.slice(at + 1, end).replace(/[.-]+$/, '');
    if (start === at || !/^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,24}$/i.test(domain)) continue;
    if (/:\/\/[^\s/]*$/.test(text.slice(Math.max(0, start - 80), start))) continue;
    found.push({ kind: 'email', value: `${text.slice(start, at)}@${domain}` });
  }
  return found;
}

/** `token=` and twelve characters. */
const SHORTEST_MENTION = 18;

/** A name and its value; a space alone parts only a scheme from its token, or labels would match. */
const NAMED =
  /(?:(access_token|refresh_token|id_token|client_secret|code_verifier|device_code|password|api_?key|secret|authorization|token)["']?\s{0,2}[:=]\s{0,2}|(bearer|dpop)\s{1,2})["']?(?:bearer\s{1,2})?([\w.~+/=-]{12,})/gi;

/** `access_token: 7f3k…`, `Bearer 7f3k…` in error messages and scripts. */
function findNamed(text: string): readonly Sighting[] {
  if (text.length < SHORTEST_MENTION) return [];
  const found: Sighting[] = [];
  for (const [, name, , value = ''] of text.matchAll(NAMED))
    if (looksRandom(value)) found.push({ kind: kindOfName(name ?? '') ?? 'token', value });
  return found;
}
