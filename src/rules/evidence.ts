/** Questions that several pages of rules ask and the view leaves open. */
import { quoted } from '../oauth/quoted.ts';
import { findRevision, REVISIONS } from '../spec/revisions.ts';
import { hasMark, isObject, type JsonObject, objectOf } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import {
  at,
  type Evidence,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Severity,
  type Verdict,
} from './rule.ts';

/** One thing that is wrong; a rule may find several. */
export interface Deviation {
  /** What was seen, then what was expected. */
  readonly message: string;
  readonly evidence: Evidence;
  /** Where it weighs less than the rule does. */
  readonly severity?: Severity;
  /** Where it is mended in another way than the rule says. */
  readonly fix?: string;
}

/** A verdict over all deviations: their messages in one, the weight of the heaviest, the fix they share. */
export function verdictOn(
  deviations: readonly Deviation[],
  fix: string | undefined = sharedFix(deviations),
): Verdict {
  if (deviations.length === 0) return pass;
  const messages = [...new Set(deviations.map(({ message }) => message))];
  const severity = heaviest(deviations);
  return fail(
    messages.length > SHOWN
      ? `${messages.slice(0, SHOWN).join('; ')}; and ${messages.length - SHOWN} more`
      : messages.join('; '),
    deviations.slice(0, EVIDENCE_SHOWN).map(({ evidence }) => evidence),
    { ...(severity && { severity }), ...(fix && { fix }) },
  );
}

/** A fact that every request repeats is told once. */
export function onePerMessage(deviations: readonly Deviation[]): readonly Deviation[] {
  return [...new Map(deviations.map((one) => [one.message, one] as const)).values()];
}

const SHOWN = 3;
const EVIDENCE_SHOWN = 20;

function sharedFix([first, ...others]: readonly Deviation[]): string | undefined {
  return others.every(({ fix }) => fix === first?.fix) ? first?.fix : undefined;
}

/** Undefined, the rule's own weight, where one deviation names no lesser one. */
function heaviest(deviations: readonly Deviation[]): Severity | undefined {
  const named = new Set(deviations.map(({ severity }) => severity));
  if (named.has(undefined)) return undefined;
  return (['error', 'warning', 'info'] as const).find((severity) => named.has(severity));
}

/**
 * Judges each answer by itself. Only whole answers are judged: where one is missing or was cut, the others
 * can still be at fault, but nobody can tell that all is well.
 * @param kind what the exchanges are, for people: "registration"
 */
export function judgeEach(
  kind: string,
  exchanges: readonly Exchange[],
  judge: (exchange: Exchange) => readonly Deviation[],
): Verdict {
  if (exchanges.length === 0) return notApplicable(`there is no ${kind} in this trace`);
  const whole = exchanges.filter(isWholeAnswer);
  const deviations = whole.flatMap(judge);
  return deviations.length > 0 || whole.length === exchanges.length
    ? verdictOn(deviations)
    : inconclusive(`the answer to a ${kind} is missing or was cut`);
}

/**
 * What is said where none of the answers that a rule judges came: one that is missing may have been one.
 * @param kind what was asked, for people: "a call with a token"
 * @param none why there is nothing to judge once everything was answered
 */
export function withoutAnswer(
  kind: string,
  asked: readonly { readonly exchange: Exchange }[],
  none: string,
): Verdict {
  return asked.some(({ exchange }) => exchange.response === null)
    ? inconclusive(`${kind} was not answered`)
    : notApplicable(none);
}

/** True when the answer came to its end, and all of its body was kept. */
export function isWholeAnswer({ response, failure }: Exchange): boolean {
  return response !== null && failure === null && !response.body?.truncated;
}

/** A byte order mark before the JSON of an answer, where there is one. */
export function markBefore(exchange: Exchange, what: string): readonly Deviation[] {
  if (!hasMark(exchange.response?.body)) return [];
  return [
    {
      message: `${what} begins with a byte order mark, which many parsers of JSON do not take; expected "{"`,
      evidence: at(exchange, '/response/body'),
      fix: 'Write the JSON as UTF-8 without a byte order mark: editors and encoders on Windows put one there.',
    },
  ];
}

/** Points at a member of a JSON response. */
export function atMember(exchange: Exchange, member: string): Evidence {
  return at(exchange, `/response/body/${member}`);
}

/** The letter of the revision a trace is judged by: the one spoken, else asked for, else the newest. */
export function letterOf(view: View): string {
  return (findRevision(view.revision ?? '') ?? REVISIONS.at(-1))?.letter ?? '';
}

/** The content type of an answer as the server wrote it; empty for none. */
export function contentTypeOf({ response }: Exchange): string {
  return headerValue(response?.headers ?? [], 'content-type') ?? '';
}

/**
 * A message on one line of a terminal, whatever a server put into it: without control characters and direction marks.
 * Quoted words have none; this is for a method or reason that stands there bare.
 */
export function plainText(message: string): string {
  return message.replace(
    /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]+/g,
    ' ',
  );
}

/** The entry of a table for a word that a server or a file chose: `toString` has none. */
export function entryOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** A value as a message shows it, quoted; `absent` for undefined. */
export function shown(value: unknown): string {
  return value === undefined ? 'absent' : quoted(value);
}

/** An error code as a message shows it: bare where it looks like one, else quoted. */
export function codeShown(code: string): string {
  return /^\w{1,60}$/.test(code) ? code : quoted(code);
}

/** True for an answer of the 200 class. */
export function isSuccess({ response }: Exchange): boolean {
  return response !== null && response.status >= 200 && response.status < 300;
}

/** True for an answer of a server that has no time: it says nothing of what was sent. */
export function isBusy(answer: { readonly status: number } | null | undefined): boolean {
  return answer?.status === 429 || answer?.status === 503;
}

/** Name, status and OAuth error code of an answer, for a message: `400 invalid_grant`. */
export function answerOf({ response, failure }: Exchange): string {
  if (!response) return failure ? `nothing (${failure.code})` : 'nothing';
  const error = stringMember(objectOf(response.body), 'error');
  return error === undefined ? `${response.status}` : `${response.status} ${codeShown(error)}`;
}

/** How servers name the resource parameter; the owner of a resource is the user, and its server another place. */
export const RESOURCE = /\bresource\b(?! (?:owner|server))|AADSTS9010010/i;

/** A URL as a message shows it: a query may carry what nobody should see twice. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/** Whatever text an answer explains itself with: the OAuth description, else a body that is not too long to be one. */
export function explanationOf({ response }: Exchange): string {
  const document = objectOf(response?.body);
  if (document)
    return [wordsIn(document), stringMember(document, 'error')].filter(Boolean).join(' ');
  // Tags are dropped by splitting: a pattern would be slow on a page made to be so.
  return (response?.body?.text ?? '')
    .slice(0, PAGE_READ)
    .split('<')
    .map((part, index) => (index === 0 ? part : textAfterTag(part)))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The same for a message that names the error code itself. */
export function wordsOf(exchange: Exchange): string {
  const document = objectOf(exchange.response?.body);
  return document ? wordsIn(document) : explanationOf(exchange);
}

/** What a JSON answer says in sentences: a member of its own, or one of the error of JSON-RPC. */
function wordsIn(document: JsonObject): string {
  const said = ['error_description', 'message', 'detail'].flatMap(
    (name) => stringMember(document, name) ?? [],
  );
  const inner = isObject(document.error) ? stringMember(document.error, 'message') : undefined;
  return [...said, inner ?? ''].filter(Boolean).join(' ');
}

const PAGE_READ = 20_000;

function textAfterTag(part: string): string {
  return /^(?:script|style)\b/i.test(part) ? '' : part.slice(part.indexOf('>') + 1);
}

/** What an answer says, for a message: "the token endpoint answered 400 invalid_grant (…)". */
export function whatPlaceSaid(exchange: Exchange, place: string): string {
  const words = wordsOf(exchange);
  return `${place} answered ${answerOf(exchange)}${words ? ` (${quoted(words)})` : ''}`;
}
