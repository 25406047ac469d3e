import { ConsentError } from './consent.ts';
import { printable } from './printable.ts';

/** Characters that mean something to some shell and that a URL can do without. */
const SHELL_CHARACTERS = /["'`$()<>|;\\^{}!*[\]]/g;

/** A host as it stands in a serialised URL; WHATWG also lets `$(x)` pass as one. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*)|\[[0-9a-f:.]+\])$/;

/**
 * The URL as it may be handed to the operating system or shown to the user: http or https, parsed
 * and serialised anew, with nothing in it that a shell could act on but `&`.
 * @throws {ConsentError} `unsafe-url` for anything else.
 */
export function safeAddress(text: string): string {
  if (/[\s\p{Cc}]/u.test(text)) throw unsafe(text, 'it holds white space or control characters');
  const url = httpAddress(text);
  if (!HOST.test(url.hostname)) throw unsafe(text, 'its host is no host name');
  const rest = `${url.pathname}${url.search}${url.hash}`;
  return url.origin + rest.replace(SHELL_CHARACTERS, percentEncode);
}

/**
 * An http or https URL, resolved against a base.
 * @throws {ConsentError} `unsafe-url` for another scheme, for credentials in it, for what is no URL.
 */
export function httpAddress(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw unsafe(text, 'it is not a URL');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw unsafe(url.protocol, 'its scheme is neither http nor https');
  if (url.username || url.password) throw unsafe(url.host, 'it carries credentials');
  return url;
}

/** Whether a URL leads to the redirect URI: same scheme, host, port and path. */
export function leadsTo(url: URL, redirectUri: string): boolean {
  const target = new URL(redirectUri);
  return url.origin === target.origin && url.pathname === target.pathname;
}

/** A URL as messages name it: without the query, where codes and tokens travel. */
export function addressName(url: URL): string {
  return printable(`${url.origin}${url.pathname}`, 120);
}

function unsafe(text: string, why: string): ConsentError {
  const seen = JSON.stringify(printable(text.split(/[?#]/, 1)[0] ?? '', 80));
  return new ConsentError(
    'unsafe-url',
    `${seen} is not opened: ${why}; expected an http or https URL`,
  );
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
