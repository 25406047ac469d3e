import { percentEncoded } from './spelling.ts';

/** What to put in place of the parts of a URL or a form. */
export interface VisitUrl {
  /** Value of a query, fragment or form field, decoded. */
  readonly field: (name: string, value: string) => string;
  /** User or password of the user-info, decoded. */
  readonly credential: (value: string) => string;
  /** Everything else, as it stands in the URL. */
  readonly rest: (text: string) => string;
}

/** Rewrites a URL, relative or absolute, or a text that ends in one; unchanged parts keep their bytes. */
export function rewriteUrl(url: string, visit: VisitUrl): string {
  const hash = url.indexOf('#');
  const beforeHash = hash < 0 ? url : url.slice(0, hash);
  const question = beforeHash.indexOf('?');
  const head = question < 0 ? beforeHash : beforeHash.slice(0, question);
  const query = question < 0 ? '' : `?${rewriteFields(beforeHash.slice(question + 1), visit)}`;
  const fragment = hash < 0 ? '' : `#${rewriteFields(url.slice(hash + 1), visit)}`;
  return `${rewriteHead(head, visit)}${query}${fragment}`;
}

/** Rewrites `name=value` pairs joined by `&`, as queries, fragments and forms hold them. */
export function rewriteFields(text: string, visit: VisitUrl): string {
  return text
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return visit.rest(pair);
      const raw = pair.slice(equals + 1);
      const value = decodeField(raw);
      const visited = visit.field(decodeField(pair.slice(0, equals)), value);
      const written = visited === value ? raw : percentEncoded(visited);
      return `${visit.rest(pair.slice(0, equals))}=${written}`;
    })
    .join('&');
}

function rewriteHead(head: string, visit: VisitUrl): string {
  const slashes = head.indexOf('://');
  if (slashes < 0) return visit.rest(head);
  const start = slashes + 3;
  const slash = head.indexOf('/', start);
  const authorityEnd = slash < 0 ? head.length : slash;
  const at = head.slice(start, authorityEnd).lastIndexOf('@');
  if (at < 0) return visit.rest(head);
  const credentials = head
    .slice(start, start + at)
    .split(/:(.*)/s, 2)
    .map((raw) => {
      const value = decodeField(raw.replaceAll('+', '%2B'));
      const visited = visit.credential(value);
      return visited === value ? raw : percentEncoded(visited);
    });
  return `${visit.rest(head.slice(0, start))}${credentials.join(':')}@${visit.rest(head.slice(start + at + 1))}`;
}

/** A field as a form reader decodes it: tolerant of broken escapes. */
function decodeField(raw: string): string {
  return /[%+]/.test(raw)
    ? (new URLSearchParams(`v=${raw.replaceAll('&', '%26')}`).get('v') ?? '')
    : raw;
}
