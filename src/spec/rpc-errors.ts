/** Codes of JSON-RPC errors that decide something: of JSON-RPC 2.0 section 5.1, and of MCP 2026-07-28. */
export const RPC_ERROR = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** A header that is missing, or says other than the message. */
  headerMismatch: -32020,
  /** The client did not declare what the method needs. */
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;
