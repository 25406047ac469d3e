/** Where a sentence stands: what a rule and a step cite. */
export interface Reference {
  /** For people: "RFC 8414 section 3.3". */
  readonly title: string;
  readonly url: string;
}

const rfc =
  (number: number) =>
  (section: string): Reference => ({
    title: `RFC ${number} section ${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
  });

/** The OAuth 2.0 Authorization Framework. */
export const rfc6749 = rfc(6749);
/** Bearer Token Usage. */
export const rfc6750 = rfc(6750);
/** Token Revocation. */
export const rfc7009 = rfc(7009);
/** Dynamic Client Registration. */
export const rfc7591 = rfc(7591);
/** Dynamic Client Registration Management. */
export const rfc7592 = rfc(7592);
/** Proof Key for Code Exchange. */
export const rfc7636 = rfc(7636);
/** OAuth 2.0 for Native Apps. */
export const rfc8252 = rfc(8252);
/** Authorization Server Metadata. */
export const rfc8414 = rfc(8414);
/** Token Exchange. */
export const rfc8693 = rfc(8693);
/** Resource Indicators. */
export const rfc8707 = rfc(8707);
/** JWT Profile for Access Tokens. */
export const rfc9068 = rfc(9068);
/** HTTP Semantics. */
export const rfc9110 = rfc(9110);
/** Pushed Authorization Requests. */
export const rfc9126 = rfc(9126);
/** Authorization Server Issuer Identification. */
export const rfc9207 = rfc(9207);
/** Demonstrating Proof of Possession. */
export const rfc9449 = rfc(9449);
/** Best Current Practice for OAuth 2.0 Security. */
export const rfc9700 = rfc(9700);
/** Protected Resource Metadata. */
export const rfc9728 = rfc(9728);

/** OAuth 2.1, the draft that MCP pins. */
export function oauth21(section: string): Reference {
  return {
    title: `OAuth 2.1 draft 13 section ${section}`,
    url: `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-${section}`,
  };
}

/** Client ID Metadata Documents, the draft that MCP pins. */
export function cimd(section: string): Reference {
  return {
    title: `Client ID Metadata Document draft 00 section ${section}`,
    url: `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-${section}`,
  };
}

/** OpenID Connect Dynamic Client Registration. */
export function oidcRegistration(section: string, anchor: string): Reference {
  return {
    title: `OpenID Connect Registration section ${section}`,
    url: `https://openid.net/specs/openid-connect-registration-1_0.html#${anchor}`,
  };
}

/**
 * A page of the MCP specification.
 * @param page path below `/specification/<revision>/`, with its anchor: `basic/authorization#error-handling`
 */
export function mcp(revision: string, page: string): Reference {
  const [path = '', anchor] = page.split('#');
  const name = path.split('/').at(-1) ?? path;
  return {
    title: `MCP ${revision} ${name}${anchor ? `: ${anchor.replaceAll('-', ' ')}` : ''}`,
    url: `https://modelcontextprotocol.io/specification/${revision}/${page}`,
  };
}

/** A page of the MCP security tutorials. */
export function mcpSecurity(revision: string, anchor: string): Reference {
  return {
    title: `MCP ${revision} security best practices: ${anchor.replaceAll('-', ' ')}`,
    url: `https://modelcontextprotocol.io/docs/${revision}/tutorials/security/security_best_practices#${anchor}`,
  };
}
