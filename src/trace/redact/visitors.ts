import { isLabel } from '../secret.ts';
import { findInText } from './finders.ts';
import { basicSecret, type Context, judge } from './judgement.ts';
import type { Ledger, Met } from './ledger.ts';
import { scrub } from './scrub.ts';
import { type Named, type Visitor, walkText } from './walker.ts';

/** Claims nested deeper than this are not kept: nobody signs such a token but to do harm. */
const DEEPEST_CLAIMS = 32;

/** The visitor of the first walk: enters every secret in the ledger and changes nothing. */
export function learningVisitor(ledger: Ledger, context: Context): Visitor {
  const meet = (value: string, met: Met): void => {
    const isNew = !ledger.knows(value);
    ledger.meet(value, met);
    if (!isNew) return;
    const claims = claimsText(value);
    if (claims) walkText(claims, aboutPerson(visitor), 'json');
  };
  const visitor: Visitor = {
    named: (named) => {
      const met = judge(named, context);
      if (!met) return undefined;
      if (met.kind === 'basic_credentials' || met.kind === 'proxy_credentials')
        for (const secret of secretsOfBasic(named.value))
          meet(secret, {
            kind: met.kind === 'basic_credentials' ? 'client_secret' : 'password',
          });
      meet(named.value, met);
      visitor.text(named.value, (label) => label);
      return named.value;
    },
    text: (text) => {
      for (const { kind, value } of findInText(text)) meet(value, { kind });
      return text;
    },
    whole: (text) => text,
  };
  return visitor;
}

/** The visitor of the second walk: puts labels in place of what the ledger holds. */
export function replacingVisitor(ledger: Ledger, context: Context): Visitor {
  return {
    named: (named) => {
      if (!judge(named, context)) return undefined;
      return isLabel(named.value) || named.value === '' ? named.value : ledger.labelOf(named.value);
    },
    text: (text, spell) => scrub(text, ledger, spell),
    whole: (text, spell) => scrub(text, ledger, spell),
  };
}

/** The same visitor for a text that is known to describe a person. */
export function aboutPerson(visitor: Visitor): Visitor {
  const named = (one: Named): string | undefined =>
    visitor.named({ ...one, topic: { isPerson: true, isKey: one.topic?.isKey === true } });
  return { ...visitor, named };
}

/** Header and claims of a JWT as JSON texts; undefined for another text or one nested too deep. */
export function jwtTexts(value: string): readonly [string, string] | undefined {
  const parts = value.split('.');
  if (parts.length !== 3) return undefined;
  const [header = '', claims = ''] = parts.map((part) => Buffer.from(part, 'base64url').toString());
  const isShallow = [header, claims].every((text) => nestingOf(text) <= DEEPEST_CLAIMS);
  return header.startsWith('{') && claims.startsWith('{') && isShallow
    ? [header, claims]
    : undefined;
}

/** Depth of brackets in a text, whether or not it is JSON. */
function nestingOf(text: string): number {
  let deepest = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return deepest;
}

function claimsText(value: string): string | undefined {
  return value.startsWith('ey') ? jwtTexts(value)?.[1] : undefined;
}

/** The password of Basic credentials as it stands and as a form would decode it. */
function secretsOfBasic(credentials: string): readonly string[] {
  const secret = basicSecret(credentials);
  if (secret === undefined) return [];
  const decoded = new URLSearchParams(`v=${secret.replaceAll('&', '%26')}`).get('v') ?? secret;
  return [...new Set([secret, decoded])];
}
