import type { Role } from '../trace/view.ts';
import type { DifferenceKind, Weight } from './difference.ts';
import type { Fact } from './fact.ts';

interface Weighing {
  readonly roles?: readonly Role[];
  readonly pointer: RegExp;
  readonly kind: DifferenceKind;
  readonly weight: Weight;
}

const DOCUMENTS: readonly Role[] = [
  'resource-metadata',
  'server-metadata',
  'registration',
  'client-configuration',
  'client-metadata',
  'pushed-authorization',
  'device-authorization',
  'token',
];

const SECURITY_HEADERS =
  /^\/response\/headers\/(?:cache-control|pragma|access-control-[a-z-]+|strict-transport-security|content-security-policy|x-frame-options|x-content-type-options|referrer-policy|set-cookie|content-type|mcp-session-id|mcp-protocol-version|dpop-nonce|allow|retry-after)(?:\/|$)/;

/** First row that fits wins. */
const TABLE: readonly Weighing[] = [
  { pointer: /^\/(?:failure|response)$/, kind: 'failure', weight: 'contract' },
  { pointer: /^\/response\/status$/, kind: 'status', weight: 'contract' },
  { pointer: /\/jwt(?:\/|$)/, kind: 'token', weight: 'contract' },
  { pointer: /^\/response\/body\/result\/tools(?:\/|$)/, kind: 'tool', weight: 'contract' },
  { pointer: /^\/response\/headers\/www-authenticate/, kind: 'header', weight: 'contract' },
  { pointer: /^\/response\/headers\/location/, kind: 'redirect', weight: 'behaviour' },
  { roles: DOCUMENTS, pointer: /^\/response\/body/, kind: 'body', weight: 'contract' },
  { roles: ['page', 'callback'], pointer: /^\/response\/body/, kind: 'body', weight: 'detail' },
  { pointer: /^\/response\/body/, kind: 'body', weight: 'behaviour' },
  { pointer: SECURITY_HEADERS, kind: 'header', weight: 'behaviour' },
  { pointer: /^\/response\/headers/, kind: 'header', weight: 'detail' },
  { pointer: /^\/request\/headers\/authorization/, kind: 'request', weight: 'behaviour' },
  { pointer: /^\/request\/headers/, kind: 'request', weight: 'detail' },
  { pointer: /^\/request/, kind: 'request', weight: 'behaviour' },
];

interface Weighed {
  readonly kind: DifferenceKind;
  readonly weight: Weight;
}

/**
 * What a differing fact is called and how much it matters, by what it is and where it stands.
 * @param isOfClient the client's own word is no contract of the server
 */
export function weigh(
  role: Role,
  pointer: string,
  facts: readonly (Fact | undefined)[],
  isOfClient: boolean,
): Weighed {
  const weighed = weighFact(role, pointer, facts);
  return isOfClient && weighed.weight === 'contract'
    ? { ...weighed, weight: 'behaviour' }
    : weighed;
}

function weighFact(role: Role, pointer: string, facts: readonly (Fact | undefined)[]): Weighed {
  if (facts.every((fact) => fact?.kind === 'secret'))
    return { kind: 'identity', weight: 'contract' };
  if (facts.some((fact) => fact?.kind === 'scope')) return { kind: 'scope', weight: 'contract' };
  if (facts.some((fact) => fact?.kind === 'lifetime'))
    return { kind: 'lifetime', weight: 'contract' };
  return (
    TABLE.find((row) => (row.roles?.includes(role) ?? true) && row.pointer.test(pointer)) ?? {
      kind: 'body',
      weight: 'detail',
    }
  );
}
