import type { Fault } from '../faults/fault.ts';
import { documentRoute } from '../metadata.ts';
import { type Check, createRealm, type Realm } from '../realm.ts';
import type { Route } from '../router.ts';
import { scopeMeanings } from '../scopes.ts';

/** What differs from world to world. */
export interface RealmParts extends Pick<Realm, 'issuer' | 'resource' | 'now'> {
  readonly resourceMetadata?: string;
  readonly scopes?: Readonly<Record<string, string>>;
  /** Default opaque. */
  readonly tokens?: Realm['tokens'];
  /** Default 3600. */
  readonly accessTokenSeconds?: number;
  /** What this server leaves to others, or is too old to know. */
  readonly omits?: readonly Check[];
  readonly faults?: readonly Fault[];
}

/** The realm of a world's server. */
export function worldRealm({ omits = [], faults = [], scopes, ...parts }: RealmParts): Realm {
  const realm = createRealm(
    {
      resourceMetadata: '',
      tokens: 'opaque',
      accessTokenSeconds: 3600,
      allowLoopbackClientMetadata: false,
      ...parts,
      ...(scopes && { scopes }),
    },
    faults,
  );
  return { ...realm, checks: (check) => !omits.includes(check) && realm.checks(check) };
}

/** The protected resource metadata of a realm's resource. @see RFC 9728 section 2 */
export function resourceMetadataRoute(realm: Realm, name: string): Route {
  return documentRoute(new URL(realm.resourceMetadata).pathname, 'prm', {
    resource: realm.resource,
    authorization_servers: [realm.issuer],
    scopes_supported: Object.keys(scopeMeanings(realm)).filter(
      (scope) => !IDENTITY.includes(scope),
    ),
    bearer_methods_supported: ['header'],
    resource_name: name,
  });
}

/** Scopes that are between client and authorization server alone. */
const IDENTITY: readonly string[] = ['openid', 'email', 'offline_access'];
