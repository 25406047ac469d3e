/** A piece of a `WWW-Authenticate` value. */
export type ChallengeToken =
  | { readonly kind: 'comma'; readonly start: number }
  | { readonly kind: 'word' | 'token68' | 'stray'; readonly text: string; readonly start: number }
  | ParameterToken;

interface ParameterToken {
  readonly kind: 'parameter';
  readonly name: string;
  /** Unquoted and unescaped. */
  readonly value: string;
  readonly deviations: readonly (
    | 'unquoted-url'
    | 'unquoted-value'
    | 'single-quotes'
    | 'unterminated-quote'
    | 'whitespace-around-equals'
  )[];
  readonly start: number;
}

// Sticky expressions, each of which looks at every character a constant number of times.
const BLANK = /[ \t\r\n]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const NAME = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)([ \t]*)=([ \t]*)/y;
const WORD = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const SINGLE = /'([^']*)'(?=[ \t]*(?:,|$)|[ \t]+[A-Za-z])/y;
const BARE = /[^ \t\r\n,]*/y;
const STRAY = /[^ \t\r\n,"]+/y;
const ONLY_WORD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Cuts a header value into the pieces of its challenges, in order; every character is consumed. */
export function* scanChallenges(value: string): Generator<ChallengeToken> {
  let position = 0;
  let afterWord = false;
  while (position < value.length) {
    const blank = match(BLANK, value, position);
    if (blank) position += blank[0].length;
    if (position >= value.length) return;
    const [token, end] = next(value, position, afterWord && blank !== undefined);
    yield token;
    position = end;
    afterWord = token.kind === 'word';
  }
}

function next(
  value: string,
  start: number,
  afterScheme: boolean,
): readonly [ChallengeToken, number] {
  if (value[start] === ',') return [{ kind: 'comma', start }, start + 1];
  const token68 = afterScheme ? match(TOKEN68, value, start)?.[0] : undefined;
  if (token68) return [{ kind: 'token68', text: token68, start }, start + token68.length];
  const name = match(NAME, value, start);
  if (name) return parameter(value, start, name);
  const word = match(WORD, value, start)?.[0];
  if (word) return [{ kind: 'word', text: word, start }, start + word.length];
  const text = match(STRAY, value, start)?.[0];
  if (text) return [{ kind: 'stray', text, start }, start + text.length];
  const { end } = quotedString(value, start);
  return [{ kind: 'stray', text: value.slice(start, end), start }, end];
}

function parameter(
  text: string,
  start: number,
  head: RegExpExecArray,
): readonly [ParameterToken, number] {
  const [whole, name = '', before, after] = head;
  const { value, end, deviations } = readValue(text, start + whole.length);
  const spaced = before || after ? (['whitespace-around-equals'] as const) : [];
  return [{ kind: 'parameter', name, value, deviations: [...deviations, ...spaced], start }, end];
}

interface Value {
  readonly value: string;
  readonly end: number;
  readonly deviations: ParameterToken['deviations'];
}

function readValue(text: string, start: number): Value {
  if (text[start] === '"') return quotedString(text, start);
  const single = match(SINGLE, text, start);
  if (single)
    return {
      value: single[1] ?? '',
      end: start + single[0].length,
      deviations: ['single-quotes'],
    };
  const value = match(BARE, text, start)?.[0] ?? '';
  const end = start + value.length;
  if (ONLY_WORD.test(value)) return { value, end, deviations: [] };
  return {
    value,
    end,
    deviations: [/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? 'unquoted-url' : 'unquoted-value'],
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4 */
function quotedString(text: string, start: number): Value {
  let value = '';
  let position = start + 1;
  for (;;) {
    const end = endOfRun(text, position);
    value += text.slice(position, end);
    if (text[end] === '"') return { value, end: end + 1, deviations: [] };
    if (end + 1 >= text.length)
      return { value, end: text.length, deviations: ['unterminated-quote'] };
    value += text[end + 1];
    position = end + 2;
  }
}

/** Where the next quote or backslash stands, else the end. */
function endOfRun(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== '"' && text[end] !== '\\') end += 1;
  return end;
}

function match(expression: RegExp, text: string, position: number): RegExpExecArray | undefined {
  expression.lastIndex = position;
  return expression.exec(text) ?? undefined;
}
