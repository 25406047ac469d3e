/**
 * `WWW-Authenticate` as servers really write it. Everything well-formed is understood, what is not is
 * understood as far as it goes, and each deviation is named: a strict client drops such a challenge.
 */
import { type ChallengeToken, scanChallenges } from './challenge-scan.ts';
import { quoted } from './quoted.ts';

/** What can be wrong with the text of a challenge. */
export type ChallengeProblemCode =
  | 'empty'
  | 'missing-scheme'
  | 'missing-comma'
  | 'stray-text'
  | 'unquoted-url'
  | 'unquoted-value'
  | 'single-quotes'
  | 'unterminated-quote'
  | 'whitespace-around-equals'
  | 'duplicate-parameter'
  | 'control-character'
  | 'non-ascii';

/** One deviation from RFC 9110. */
export interface ChallengeProblem {
  readonly code: ChallengeProblemCode;
  /** What was seen, then what was expected. */
  readonly message: string;
  /** The parameter it is about, lower case. */
  readonly parameter?: string;
}

/** One challenge of a response. */
export interface Challenge {
  /** As written; empty when parameters came without one. */
  readonly scheme: string;
  /** Index of the header value it stood in. */
  readonly header: number;
  readonly token68?: string;
  /** By lower-case name; of a repeated one the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly problems: readonly ChallengeProblem[];
}

/**
 * The challenges of all `WWW-Authenticate` values of a response, in order. Linear, never throws.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  return values.flatMap(parseValue);
}

/**
 * The challenge an OAuth client answers: the first `Bearer`, else the first `DPoP`; scheme names have no case.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function findBearer(challenges: readonly Challenge[]): Challenge | undefined {
  return findScheme(challenges, 'bearer') ?? findScheme(challenges, 'dpop');
}

function findScheme(challenges: readonly Challenge[], scheme: string): Challenge | undefined {
  return challenges.find((challenge) => challenge.scheme.toLowerCase() === scheme);
}

/** A challenge while its parts are being collected. */
interface Draft {
  readonly scheme: string;
  readonly start: number;
  token68?: string;
  readonly parameters: Map<string, string>;
  readonly problems: ChallengeProblem[];
}

function parseValue(value: string, header: number): readonly Challenge[] {
  const drafts = collect(scanChallenges(value));
  if (drafts.length === 0)
    return [
      {
        ...finish(open('', 0), header, ''),
        problems: [problem('empty', 'the header is empty, expected a challenge')],
      },
    ];
  return drafts.map((draft, index) =>
    finish(draft, header, value.slice(draft.start, drafts[index + 1]?.start)),
  );
}

function finish(draft: Draft, header: number, text: string): Challenge {
  const { scheme, token68, parameters, problems } = draft;
  return {
    scheme,
    header,
    ...(token68 !== undefined && { token68 }),
    parameters,
    problems: [...problems, ...foreignCharacters(text)],
  };
}

/** Schemes that begin a challenge even where the comma before them was forgotten. */
const KNOWN_SCHEMES: ReadonlySet<string> = new Set([
  'basic',
  'bearer',
  'digest',
  'dpop',
  'gnap',
  'hoba',
  'mutual',
  'negotiate',
  'ntlm',
  'oauth',
  'privatetoken',
  'scram-sha-1',
  'scram-sha-256',
  'vapid',
]);

function collect(tokens: Iterable<ChallengeToken>): readonly Draft[] {
  const drafts: Draft[] = [];
  let separated = true;
  for (const token of tokens) {
    const current = drafts.at(-1);
    if (token.kind === 'word' && (separated || KNOWN_SCHEMES.has(token.text.toLowerCase()))) {
      const next = open(token.text, token.start);
      if (!separated) next.problems.push(missingComma(token.text));
      drafts.push(next);
    } else if (token.kind !== 'comma') {
      const owner = current ?? open('', token.start);
      if (!current) {
        owner.problems.push(problem('missing-scheme', 'no scheme stands before the parameters'));
        drafts.push(owner);
      }
      add(owner, token, separated);
    }
    separated = token.kind === 'comma';
  }
  return drafts;
}

function open(scheme: string, start: number): Draft {
  return { scheme, start, parameters: new Map(), problems: [] };
}

/** Puts one part into the challenge it belongs to. */
function add(
  draft: Draft,
  token: Exclude<ChallengeToken, { kind: 'comma' }>,
  separated: boolean,
): void {
  switch (token.kind) {
    case 'token68':
      draft.token68 = token.text;
      return;
    case 'word':
    case 'stray':
      draft.problems.push(
        problem('stray-text', `${quoted(token.text)} is no parameter, expected name="value"`),
      );
      return;
    case 'parameter':
      addParameter(draft, token, separated);
  }
}

function addParameter(
  { parameters, problems, token68 }: Draft,
  { name, value, deviations }: Extract<ChallengeToken, { kind: 'parameter' }>,
  separated: boolean,
): void {
  const key = name.toLowerCase();
  if (!separated && parameters.size > 0) problems.push({ ...missingComma(name), parameter: key });
  if (token68 !== undefined)
    problems.push(
      problem('stray-text', `${quoted(name)} follows a token68, expected one or the other`),
    );
  for (const code of deviations)
    problems.push({ ...problem(code, DEVIATIONS[code](name, quoted(value))), parameter: key });
  if (parameters.has(key))
    problems.push({
      ...problem('duplicate-parameter', `${quoted(name)} occurs again, expected it once`),
      parameter: key,
    });
  else parameters.set(key, value);
}

const DEVIATIONS: Readonly<
  Record<
    Extract<ChallengeToken, { kind: 'parameter' }>['deviations'][number],
    (name: string, value: string) => string
  >
> = {
  'unquoted-url': (name, value) =>
    `${name} is a bare URL, expected it in double quotes: ${name}=${value}`,
  'unquoted-value': (name, value) =>
    `${name} holds characters that need double quotes, expected ${name}=${value}`,
  'single-quotes': (name, value) =>
    `${name} is in single quotes, expected double ones: ${name}=${value}`,
  'unterminated-quote': (name) => `the value of ${name} begins with a quote that never ends`,
  'whitespace-around-equals': (name, value) =>
    `blanks stand around the = of ${name}, expected ${name}=${value}`,
};

function missingComma(next: string): ChallengeProblem {
  return problem('missing-comma', `no comma stands before ${quoted(next)}, expected one`);
}

/** Obsolete text and control characters, wherever they stand; a tab is a blank. */
function foreignCharacters(text: string): readonly ChallengeProblem[] {
  const control = /[\x00-\x08\x0a-\x1f\x7f]/.exec(text)?.[0];
  const foreign = /[^\x00-\x7f]/.exec(text)?.[0];
  return [
    ...(control
      ? [problem('control-character', `a control character ${quoted(control)} stands in it`)]
      : []),
    ...(foreign
      ? [problem('non-ascii', `${quoted(foreign)} stands in it, expected ASCII only`)]
      : []),
  ];
}

function problem(code: ChallengeProblemCode, message: string): ChallengeProblem {
  return { code, message };
}
