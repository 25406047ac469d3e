import type { Entry } from './fill.ts';
import type { Button, Encoding, Form, FormMethod } from './page.ts';

/** A form submission as it leaves: method, address and body. */
export interface Submission {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: string;
  readonly contentType?: string;
}

/**
 * What a form sends when a button of it is pressed. A GET form puts its entries in place of the
 * address's query.
 * @param boundary parts of a multipart body are set apart by it: letters and digits, not in any value
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm
 */
export function submissionOf(
  form: Form,
  button: Button | undefined,
  entries: readonly Entry[],
  boundary: string,
): Submission {
  const url = button?.action ?? form.action;
  const method: FormMethod = button?.method ?? form.method;
  const encoding = button?.encoding ?? form.encoding;
  if (method === 'POST') return { method, url, ...ENCODERS[encoding](entries, boundary) };
  return { method: 'GET', url: withQuery(url, encodeQuery(entries)) };
}

interface Encoded {
  readonly body: string;
  readonly contentType: string;
}

const ENCODERS: Readonly<
  Record<Encoding, (entries: readonly Entry[], boundary: string) => Encoded>
> = {
  'application/x-www-form-urlencoded': (entries) => ({
    body: encodeQuery(entries),
    contentType: 'application/x-www-form-urlencoded',
  }),
  'multipart/form-data': (entries, boundary) => ({
    body: [
      ...entries.map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"\r\n\r\n${withLineEnds(value)}\r\n`,
      ),
      `--${boundary}--\r\n`,
    ].join(''),
    contentType: `multipart/form-data; boundary=${boundary}`,
  }),
  'text/plain': (entries) => ({
    body: entries.map(([name, value]) => `${name}=${withLineEnds(value)}\r\n`).join(''),
    contentType: 'text/plain',
  }),
};

function encodeQuery(entries: readonly Entry[]): string {
  return new URLSearchParams(
    entries.map(([name, value]): [string, string] => [withLineEnds(name), withLineEnds(value)]),
  ).toString();
}

function withQuery(address: string, query: string): string {
  // An address that is none is refused where it would be opened.
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.search = query;
  return url.href;
}

/** Forms send every line end as CR LF. */
function withLineEnds(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

function escapeName(name: string): string {
  return withLineEnds(name).replace(/\r\n/g, '%0D%0A').replace(/"/g, '%22');
}
