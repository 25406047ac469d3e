/** A request and its answer, side by side. */
import { jsonOf } from '../../trace/body.ts';
import type { Body, Exchange, Header } from '../../trace/schema.ts';
import { withLabels } from '../../trace/secret.ts';
import { bodyText } from '../http-text.ts';
import { cutText } from '../visible.ts';
import { jsonMarkup } from './json-markup.ts';
import { type Content, type Markup, markup } from './markup.ts';
import type { MarkSecrets } from './secret-chips.ts';

/** Characters of a body that are shown; the trace file holds what was recorded. */
const LONGEST_BODY = 60_000;

/** From this length on a value scrolls by itself. */
const LONGEST_PLAIN = 800;

const LONG = markup` class="long" tabindex="0"`;

/** Both messages of an exchange. */
export function messagesMarkup(exchange: Exchange, mark: MarkSecrets): Markup {
  const { request, response, failure } = exchange;
  const why = failure ? `${failure.code} in phase ${failure.phase}: ${failure.message}` : '';
  return markup`<div class="messages">
<section class="message"><h3>Request</h3>
<p class="start-line"><b>${request.method}</b> ${mark(withLabels(request.url.replace(/\?.*/s, '')))}</p>
${queryMarkup(request.url, mark)}${headersMarkup(request.headers, mark)}${bodyMarkup(request.body, mark)}</section>
<section class="message"><h3>Answer</h3>
${response ? markup`<p class="start-line"><b>${response.status}</b> ${STATUS[response.status] ?? ''}</p>` : markup`<p class="absent">${failure ? 'No answer came.' : 'Handed to the browser; its answer was not seen.'}</p>`}
${why !== '' && markup`<p class="broken">${why}</p>`}${response !== null && [headersMarkup(response.headers, mark), bodyMarkup(response.body, mark)]}</section>
</div>`;
}

const STATUS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** The parameters of a URL, decoded, one a line. */
function queryMarkup(url: string, mark: MarkSecrets): Content {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  return query !== '' && pairsMarkup('query', [...new URLSearchParams(query)], mark);
}

function headersMarkup(headers: readonly Header[], mark: MarkSecrets): Content {
  return headers.length > 0 && pairsMarkup('headers', headers, mark);
}

function pairsMarkup(
  kind: string,
  pairs: readonly (readonly [string, string])[],
  mark: MarkSecrets,
): Markup {
  return markup`<dl class="pairs ${kind}">${pairs.map(
    ([name, value]) =>
      markup`<div><dt>${name}</dt><dd${value.length > LONGEST_PLAIN && LONG}>${mark(value)}</dd></div>`,
  )}</dl>`;
}

function bodyMarkup(body: Body | null, mark: MarkSecrets): Content {
  if (!body) return undefined;
  if (body.media_type === 'application/x-www-form-urlencoded')
    return pairsMarkup('form', [...new URLSearchParams(body.text ?? '')], mark);
  const whole = bodyText(body);
  const text = cutText(whole, LONGEST_BODY);
  const isJson = text === whole && jsonOf(body) !== undefined;
  const isCut = text !== whole || body.truncated === true;
  return [
    markup`<pre class="body" tabindex="0">${isJson ? jsonMarkup(text, mark) : mark(text)}</pre>`,
    isCut && markup`<p class="absent">Cut here; the whole body has ${body.size} bytes.</p>`,
  ];
}
