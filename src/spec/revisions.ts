/** What differs between MCP revisions: one row of switches each. A second sequence is never needed. */
export interface Revision {
  readonly id: RevisionId;
  /** A to D, the short names that rules use for ranges. */
  readonly letter: 'A' | 'B' | 'C' | 'D';
  /** legacy: initialize handshake and sessions; modern: metadata on every request. */
  readonly era: 'legacy' | 'modern';
  /** RFC 9728 metadata exists. Without it the MCP origin is the authorization server. */
  readonly resourceMetadata: boolean;
  /** OpenID Connect discovery documents count as authorization server metadata. */
  readonly openidDiscovery: boolean;
  /** `resource` (RFC 8707) is sent in authorization and token requests. */
  readonly resourceParameter: boolean;
  /** Metadata without `code_challenge_methods_supported` must be refused. */
  readonly refusesWithoutPkceMethods: boolean;
  /** Scope comes from the challenge, else from `scopes_supported`, else is left out. */
  readonly scopeStrategy: boolean;
  /** `offline_access` is added to the scope where the authorization server lists it. */
  readonly offlineAccess: boolean;
  /** The scope of a second authorization: the challenge's alone, or its union with what was asked. */
  readonly stepUpScope: 'challenge' | 'union';
  /** The registration must carry `application_type`. */
  readonly applicationType: boolean;
  /** `iss` of the callback is checked (RFC 9207). */
  readonly issChecked: boolean;
  /** `MCP-Protocol-Version` is sent on MCP requests after the handshake. */
  readonly versionHeader: boolean;
  /** `MCP-Protocol-Version` is sent on metadata requests too. */
  readonly versionHeaderOnDiscovery: boolean;
}

/** A published revision of the Model Context Protocol that this tool speaks. */
export type RevisionId = '2025-03-26' | '2025-06-18' | '2025-11-25' | '2026-07-28';

const a: Revision = {
  id: '2025-03-26',
  letter: 'A',
  era: 'legacy',
  resourceMetadata: false,
  openidDiscovery: false,
  resourceParameter: false,
  refusesWithoutPkceMethods: false,
  scopeStrategy: false,
  offlineAccess: false,
  stepUpScope: 'challenge',
  applicationType: false,
  issChecked: false,
  versionHeader: false,
  versionHeaderOnDiscovery: true,
};

const b: Revision = {
  ...a,
  id: '2025-06-18',
  letter: 'B',
  resourceMetadata: true,
  resourceParameter: true,
  versionHeader: true,
  versionHeaderOnDiscovery: false,
};

const c: Revision = {
  ...b,
  id: '2025-11-25',
  letter: 'C',
  openidDiscovery: true,
  refusesWithoutPkceMethods: true,
  scopeStrategy: true,
};

const d: Revision = {
  ...c,
  id: '2026-07-28',
  letter: 'D',
  era: 'modern',
  offlineAccess: true,
  stepUpScope: 'union',
  applicationType: true,
  issChecked: true,
};

/** Every revision, oldest first. */
export const REVISIONS: readonly Revision[] = [a, b, c, d];

/** The newest revision with the `initialize` handshake: what a client offers a legacy server. */
export const NEWEST_LEGACY: Revision = c;

/** The newest revision, whose alias is `draft`. */
export const NEWEST: Revision = d;

/** The revision with this id; `draft` is an alias of the newest. Undefined for an unknown one. */
export function findRevision(id: string): Revision | undefined {
  return id === 'draft' ? NEWEST : REVISIONS.find((revision) => revision.id === id);
}
