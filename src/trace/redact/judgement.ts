/** Decides what is secret: the one place where a name, a place and a look become a kind. */
import type { Met } from './ledger.ts';
import {
  isAmbiguous,
  isPrivateKeyMember,
  isReadableName,
  kindOfClaim,
  kindOfHeader,
  kindOfName,
} from './names.ts';
import { isWord, looksRandom } from './vocabulary.ts';
import type { Named } from './walker.ts';

/** What earlier parts of the trace told. */
export interface Context {
  /** Names of HTML password fields. */
  readonly passwordFields: Set<string>;
  readonly username: string | null;
  readonly clientId: string | null;
  /** Values that stand under a name everybody may read. */
  readonly readable: Set<string>;
  /** True for a value that the user brought. */
  readonly isKnown: (value: string) => boolean;
}

/** How a named value is to be met; undefined when its name and place say nothing. */
export function judge(named: Named, context: Context): Met | undefined {
  return JUDGES[named.place](named, context);
}

type Judge = (named: Named, context: Context) => Met | undefined;

const JUDGES: Readonly<Record<Named['place'], Judge>> = {
  query: (named, context) =>
    named.name === '@' ? { kind: 'url_credentials' } : judgeField(named, context),
  form: judgeField,
  bare: ({ name, value }) => {
    const kind = kindOfName(name);
    return kind && (looksRandom(value) || (!isAmbiguous(kind) && !isWord(value)))
      ? { kind }
      : undefined;
  },
  json: judgeMember,
  html: judgeControl,
  header: judgeHeader,
  challenge: ({ name }) => {
    const kind = kindOfName(name);
    return kind ? { kind } : undefined;
  },
};

function judgeField({ name, value }: Named, context: Context): Met | undefined {
  if (isReadableName(name)) {
    context.readable.add(value);
    return undefined;
  }
  if (context.passwordFields.has(name)) return { kind: 'password' };
  const kind = kindOfName(name);
  if (kind) return { kind };
  return context.isKnown(value) ? { kind: 'secret' } : undefined;
}

function judgeMember({ name, value, topic }: Named, context: Context): Met | undefined {
  const personal = kindOfClaim(name, topic?.isPerson === true);
  if (personal && !isNobodys(value, context)) return { kind: personal };
  if (topic?.isKey && isPrivateKeyMember(name)) return { kind: 'private_key', maker: 'machine' };
  const kind = kindOfName(name);
  if (!kind || (isAmbiguous(kind) && isPlainTalk(value))) return undefined;
  // An answer that hands out a secret tells that a machine made it.
  return kind === 'client_secret' ? { kind, maker: 'machine' } : { kind };
}

/** The user's name, which stays readable, and a client that stands for itself. */
function isNobodys(value: string, { username, clientId, readable }: Context): boolean {
  return value === username || value === clientId || readable.has(value);
}

/** `"code": "42P01"`, `"state": "New York"`: what members of that name say outside of OAuth. */
function isPlainTalk(value: string): boolean {
  return value.length < 6 || /\s/.test(value) || isWord(value);
}

function judgeControl({ name, value, control }: Named, context: Context): Met | undefined {
  if (control === 'password') context.passwordFields.add(name);
  if (value === '' || control === 'submit' || control === 'button') return undefined;
  if (control === 'password') return { kind: 'password' };
  const kind = kindOfName(name);
  if (kind && isAmbiguous(kind) && isWord(value)) return undefined;
  if (kind && (control !== 'meta' || kind === 'form_token')) return { kind };
  if (context.isKnown(value)) return { kind: 'secret' };
  if (control !== 'hidden' || isReadableName(name) || context.readable.has(value)) return undefined;
  return value.length >= 16 && looksRandom(value) ? { kind: 'form_token' } : undefined;
}

function judgeHeader({ name, value }: Named): Met | undefined {
  const [header = '', scheme = ''] = name.toLowerCase().split(' ', 2);
  if (header === 'cookie') return { kind: 'cookie' };
  if (header === 'proxy-authorization') return { kind: 'proxy_credentials', maker: 'human' };
  if (header === 'authorization') {
    if (scheme === '' && SCHEMES.has(value.toLowerCase())) return undefined;
    const kind = SCHEMES.get(scheme) ?? 'credentials';
    return kind === 'basic_credentials' ? { kind, maker: 'machine', ...madeFrom(value) } : { kind };
  }
  const kind = kindOfHeader(header);
  return kind ? { kind } : undefined;
}

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['bearer', 'access_token'],
  ['dpop', 'access_token'],
  ['token', 'access_token'],
  ['basic', 'basic_credentials'],
]);

/** The secret half of Basic credentials. @see https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function basicSecret(credentials: string): string | undefined {
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 || colon === pair.length - 1 ? undefined : pair.slice(colon + 1);
}

function madeFrom(credentials: string): { readonly madeFrom?: string } {
  const secret = basicSecret(credentials);
  return secret === undefined ? {} : { madeFrom: secret };
}
