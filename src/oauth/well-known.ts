/** Where metadata is looked for, in order. Built from the identifier's own characters, never normalised. */
import { canonicalResource } from './resource.ts';

/** A place for protected resource metadata. */
export interface ResourceMetadataUrl {
  readonly url: string;
  /** The resource identifier the URL was derived from, which its document must name. */
  readonly identifier: string;
}

/** A place for authorization server metadata. */
export interface ServerMetadataUrl {
  readonly url: string;
  /** `oauth`: RFC 8414; the others are the two forms of OpenID Connect Discovery. */
  readonly kind: 'oauth' | 'openid-inserted' | 'openid-appended';
}

/** The three endpoints every authorization server of an MCP flow has. */
export interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly registration_endpoint: string;
}

/**
 * Where the metadata of an MCP server may be: its path inserted, then the root of its origin.
 * Empty for text that is no URL.
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3.1
 */
export function resourceMetadataUrls(mcpUrl: string): readonly ResourceMetadataUrl[] {
  const parts = split(mcpUrl);
  if (!parts) return [];
  const { origin, path, query } = parts;
  const root = `${origin}/.well-known/oauth-protected-resource`;
  const identifier = canonicalResource(mcpUrl);
  // A slash right after the host is not part of the inserted path.
  const inserted = `${path === '/' ? '' : path}${query}`;
  if (inserted === '') return [{ url: root, identifier }];
  return [
    { url: `${root}${inserted}`, identifier },
    { url: root, identifier: origin },
  ];
}

/**
 * Where the metadata of an issuer may be. `openid`: also as OpenID Connect Discovery.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization#authorization-server-metadata-discovery
 */
export function serverMetadataUrls(
  issuer: string,
  { openid }: { readonly openid: boolean },
): readonly ServerMetadataUrl[] {
  const parts = split(issuer);
  if (!parts) return [];
  const { origin } = parts;
  const path = parts.path.replace(/\/$/, '');
  const oauth = {
    url: `${origin}/.well-known/oauth-authorization-server${path}`,
    kind: 'oauth',
  } as const;
  const appended = {
    url: `${origin}${path}/.well-known/openid-configuration`,
    kind: 'openid-appended',
  } as const;
  if (!openid) return [oauth];
  if (path === '') return [oauth, appended];
  return [
    oauth,
    { url: `${origin}/.well-known/openid-configuration${path}`, kind: 'openid-inserted' },
    appended,
  ];
}

/**
 * Where the first revision looks: the root of the MCP server's origin, its path dropped.
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#authorization-base-url
 */
export function legacyMetadataUrl(mcpUrl: string): string {
  return `${originOf(mcpUrl)}/.well-known/oauth-authorization-server`;
}

/**
 * The endpoints the first revision assumes where it finds no metadata.
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#fallbacks-for-servers-without-metadata-discovery
 */
export function legacyEndpoints(mcpUrl: string): Endpoints {
  const origin = originOf(mcpUrl);
  return {
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
  };
}

/** Scheme and authority as written; empty for text that is no URL. */
export function originOf(url: string): string {
  return split(url)?.origin ?? '';
}

interface Parts {
  readonly origin: string;
  readonly path: string;
  /** With its question mark; empty for none. */
  readonly query: string;
}

function split(url: string): Parts | undefined {
  const found = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)([^?#]*)(\?[^#]*)?/i.exec(url);
  if (!found) return undefined;
  return { origin: found[1] ?? '', path: found[2] ?? '', query: found[3] ?? '' };
}
