import { type Answer, type Http, HttpError } from '../http/http.ts';
import { originOf } from '../oauth/well-known.ts';
import { isObject, type JsonObject, parseJson } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';
import { describeAnswer } from './text.ts';

/** Redirects of a metadata document that are followed. */
const MOST_REDIRECTS = 5;

/** Characters of a metadata document that are read: far above any real one. */
const LARGEST_DOCUMENT = 1024 * 1024;

/** A metadata document, or what came in its place. */
export type Fetched =
  | { readonly kind: 'document'; readonly document: JsonObject; readonly exchange: number }
  | { readonly kind: 'absent'; readonly seen: string; readonly exchange: number };

/**
 * Gets a metadata document as a client's fetch does: redirects followed, but never from https to http.
 * @param redirects how many are followed
 * @throws {HttpError} when no answer came.
 */
export async function fetchDocument(
  http: Http,
  url: string,
  headers: readonly Header[] = [],
  redirects: number = MOST_REDIRECTS,
): Promise<Fetched> {
  let next = url;
  let causedBy: number | null = null;
  for (let hop = 0; ; hop += 1) {
    const answer: Answer = await http.send({
      url: next,
      headers: [['accept', 'application/json'], ...headers],
      causedBy,
    });
    const target = redirectTarget(answer);
    if (target === undefined || hop === redirects) return read(answer);
    if (next.startsWith('https:') && !target.startsWith('https:')) return read(answer);
    causedBy = answer.exchange;
    next = target;
  }
}

function redirectTarget({ status, headers, url }: Answer): string | undefined {
  const location = headerValue(headers, 'location');
  if (status < 300 || status > 399 || !location || !URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  return /^https?:$/.test(target.protocol) ? target.href : undefined;
}

function read(answer: Answer): Fetched {
  const { exchange, status, text } = answer;
  const absent = (seen: string): Fetched => ({ kind: 'absent', seen, exchange });
  if (status !== 200) return absent(describeAnswer(answer));
  if (answer.truncated || text.length > LARGEST_DOCUMENT)
    return absent(`a document of more than ${LARGEST_DOCUMENT} characters`);
  const document = parseJson(text);
  return isObject(document)
    ? { kind: 'document', document, exchange }
    : absent(`${describeAnswer(answer)}, which is no JSON object`);
}

/** What a request that got no answer is told as, when other places remain to be tried. */
export function absence(error: unknown): string {
  if (error instanceof HttpError) return error.message;
  throw error;
}

/** True when two URLs name the same origin, as written. */
export function sameOrigin(one: string, other: string): boolean {
  return originOf(one).toLowerCase() === originOf(other).toLowerCase();
}
