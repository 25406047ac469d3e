import type { Header } from '../schema.ts';
import { isLabel } from '../secret.ts';
import { plainly } from './spelling.ts';
import { type Visitor, walkText } from './walker.ts';

/** Rewrites the value of a header by what that header is for. */
export function walkHeader([name, value]: Header, visitor: Visitor): Header {
  const walk = WALKS.get(name.toLowerCase()) ?? walkOther;
  return [name, walk(value, visitor, name.toLowerCase())];
}

type Walk = (value: string, visitor: Visitor, name: string) => string;

const WALKS: ReadonlyMap<string, Walk> = new Map<string, Walk>([
  ['authorization', walkCredentials],
  ['proxy-authorization', walkCredentials],
  ['cookie', walkCookies],
  ['set-cookie', walkSetCookie],
  ['www-authenticate', walkParameters],
  ['proxy-authenticate', walkParameters],
  ['authentication-info', walkParameters],
]);

function walkOther(value: string, visitor: Visitor, name: string): string {
  return visitor.named({ place: 'header', name, value }) ?? walkText(value, visitor);
}

/** `<scheme> <credentials>`; a value without a scheme is a credential as a whole. */
function walkCredentials(value: string, visitor: Visitor, name: string): string {
  if (isLabel(value)) return value;
  const [, scheme = '', space = '', credentials = ''] = /^(\S+)(\s+)(.+)$/s.exec(value) ?? [];
  const whole = credentials === '' ? value : credentials;
  const visited = visitor.named({
    place: 'header',
    name: `${name} ${scheme}`.trim(),
    value: whole,
  });
  return credentials === '' ? (visited ?? value) : `${scheme}${space}${visited ?? credentials}`;
}

function walkCookies(value: string, visitor: Visitor): string {
  return value
    .split(/(;\s*)/)
    .map((pair, index) => (index % 2 === 0 ? walkCookie(pair, visitor) : pair))
    .join('');
}

function walkSetCookie(value: string, visitor: Visitor): string {
  const end = value.indexOf(';');
  const pair = end < 0 ? value : value.slice(0, end);
  return `${walkCookie(pair, visitor)}${end < 0 ? '' : visitor.text(value.slice(end), plainly)}`;
}

function walkCookie(pair: string, visitor: Visitor): string {
  const equals = pair.indexOf('=');
  const raw = pair.slice(equals + 1);
  const [open = ''] = /^\s*"?/.exec(raw) ?? [];
  const value = raw.slice(open.length).trimEnd().replace(/"$/, '');
  const close = raw.slice(open.length + value.length);
  const visited = visitor.named({ place: 'header', name: 'cookie', value }) ?? value;
  return `${visitor.text(pair.slice(0, equals + 1), plainly)}${open}${visited}${close}`;
}

const PARAMETER = /([\w-]{1,80}\s{0,9}=\s{0,9})(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/**
 * `name="value"` of a challenge; values that are no secrets are texts of their own. The name of a quoted
 * value is none of the text: behind `Bearer` it stands where a token could.
 */
function walkParameters(value: string, visitor: Visitor): string {
  let walked = '';
  let text = '';
  let end = 0;
  for (const match of value.matchAll(PARAMETER)) {
    const [all, head = '', quoted, bare = ''] = match;
    const name = head.replace(/\s*=\s*$/, '');
    const held = quoted ?? bare;
    const visited =
      visitor.named({ place: 'challenge', name, value: held }) ?? walkText(held, visitor);
    text += value.slice(end, match.index);
    end = match.index + all.length;
    if (quoted === undefined) text += `${head}${visited}`;
    else {
      walked += `${visitor.text(text, plainly)}${head}"${visited}"`;
      text = '';
    }
  }
  return `${walked}${visitor.text(text + value.slice(end), plainly)}`;
}
