import type { Button } from './page.ts';
import { APPROVE, ASIDE, CONTINUE, PHRASES, PIECES, REFUSE, SHORT_REFUSE } from './vocabulary.ts';

/** What a button or link does to the request: grant it, lead on, refuse it, or something else. */
export type Meaning = 'approve' | 'continue' | 'refuse' | 'aside';

/** What a text means; undefined where it says nothing we know. A refusal outweighs a grant. */
export function meaningOf(text: string): Meaning | undefined {
  const plain = plainWords(text);
  if (plain === '') return undefined;
  const words = plain.split(' ');
  const has = (set: ReadonlySet<string>): boolean => words.some((word) => set.has(word));
  const phrase = PHRASES.find(([pattern]) => pattern.test(plain))?.[1];
  if (phrase) return phrase;
  if (has(REFUSE) || (words.length <= 2 && has(SHORT_REFUSE))) return 'refuse';
  const piece = PIECES.find(([pattern]) => pattern.test(text))?.[1];
  if (piece === 'refuse') return piece;
  if (has(ASIDE)) return 'aside';
  if (has(APPROVE)) return 'approve';
  if (has(CONTINUE) || /\b(?:log|sign) ?(?:in|on)\b/.test(plain)) return 'continue';
  return piece;
}

/** What a button does, by what it reads, then by its value, its name and where it posts. */
export function buttonMeaning(button: Button): Meaning | undefined {
  return (
    meaningOf(button.text) ??
    meaningOf(button.value) ??
    meaningOf(button.name) ??
    meaningOf(button.hint) ??
    (button.action === undefined ? undefined : meaningOf(lastSegment(button.action)))
  );
}

/** The last word of an address's path; empty where it reads as an identifier. */
export function lastSegment(address: string): string {
  const path = URL.canParse(address) ? new URL(address).pathname : '';
  const segment = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return /^[a-z][a-z_.-]{1,40}$/i.test(segment) ? segment : '';
}

/** Lower case, without accents, camel case and punctuation turned into single spaces. */
export function plainWords(text: string): string {
  return text
    .slice(0, 500)
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
