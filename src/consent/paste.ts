import { untilAborted } from './abort.ts';
import { leadsTo, safeAddress } from './address.ts';
import { type Consent, ConsentError, type ConsentTools } from './consent.ts';
import { sayAddress } from './print.ts';

/** The user opens the URL anywhere and pastes what the browser ended at: no listener is reached. */
export function paste(): Consent {
  return {
    name: 'paste',
    approve: async (url, tools) => {
      const address = safeAddress(url);
      sayAddress(address, tools);
      return await askForResponse(tools, new URL(url).searchParams.get('state'));
    },
  };
}

/** Lines that are read before the run gives up. */
const MOST_TRIES = 3;

/** Asks until a line is understood; an empty one, or the end of the input, means no more will come. */
async function askForResponse(tools: ConsentTools, state: string | null): Promise<string> {
  const question = `Paste the URL the browser ended at${tools.needsIss ? '' : ', or the code'}: `;
  let refused: ConsentError | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const line = await untilAborted(tools.ask(question), tools.signal);
    try {
      return readResponse(line, tools, state);
    } catch (error) {
      if (!(error instanceof ConsentError)) throw error;
      if (error.code === 'nothing-pasted') throw refused ?? error;
      refused = error;
      tools.say(`Not understood: ${error.message}.`);
    }
  }
  throw refused;
}

/**
 * The authorization response in a pasted line, as a URL at the redirect URI. Understands the whole
 * URL, its query alone, and a bare code, to which the state that was sent is added: not where the
 * server promises iss, which would be missed and held against the server.
 * @throws {ConsentError} which never quotes the line: it may hold the code.
 * @see RFC 6749 section 4.1.2
 * @see RFC 9207 section 2.4
 */
function readResponse(
  line: string,
  { redirectUri, needsIss }: Pick<ConsentTools, 'redirectUri' | 'needsIss'>,
  state: string | null,
): string {
  const text = line
    .replace(/\x1b\[20[01]~|\p{Cc}/gu, '')
    .trim()
    .replace(/^(["'<])(.*)["'>]$/, '$2')
    .trim();
  const expected = whatIsExpected(needsIss === true);
  if (text === '')
    throw new ConsentError('nothing-pasted', `an empty line was pasted; ${expected}`);
  if (/^https?:/i.test(text)) return readAddress(text, redirectUri);
  const query = text.slice(text.indexOf('?') + 1);
  if (isResponse(new URLSearchParams(query))) return `${bare(redirectUri)}?${query}`;
  if (!/^[\x21-\x7e]+$/.test(text) || /[?&#<>"]|[^=]=+[^=]/.test(text) || text.includes('://'))
    throw new ConsentError('paste-not-understood', `the pasted line is none of these: ${expected}`);
  if (needsIss)
    throw new ConsentError(
      'paste-not-understood',
      'a code alone was pasted, but this server promises iss beside it; expected the whole URL the browser ended at',
    );
  const response = new URLSearchParams({ code: text, ...(state !== null && { state }) });
  return `${bare(redirectUri)}?${response}`;
}

function whatIsExpected(needsIss: boolean): string {
  const url = 'the whole URL the browser ended at';
  return needsIss
    ? `expected ${url}, or what follows its "?"`
    : `expected ${url}, what follows its "?", or the code`;
}

function readAddress(text: string, redirectUri: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !leadsTo(url, redirectUri))
    throw new ConsentError(
      'paste-not-understood',
      `the pasted URL does not start with ${bare(redirectUri)}; go on in the browser until it does`,
    );
  if (isResponse(url.searchParams)) return url.href;
  throw new ConsentError(
    'paste-not-understood',
    'the pasted URL carries neither a code nor an error; expected one of the two in its query',
  );
}

function isResponse(parameters: URLSearchParams): boolean {
  return Boolean(parameters.get('code') || parameters.get('error'));
}

function bare(redirectUri: string): string {
  const url = new URL(redirectUri);
  return `${url.origin}${url.pathname}`;
}
