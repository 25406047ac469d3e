import type { Answer } from '../http/http.ts';
import type { Header } from '../trace/schema.ts';

/** How requests to the MCP server prove who sends them. */
export interface Credentials {
  /** The headers for one request; a DPoP proof is made anew for each. */
  headers(method: string, url: string): Promise<readonly Header[]>;
  /** Looks at an answer; true when the same request is worth sending once more. */
  learn(answer: Answer): boolean;
}

/** No token: what a client without one sends. */
export const anonymous: Credentials = {
  headers: async () => [],
  learn: () => false,
};

/**
 * A bearer token. Always this spelling of the scheme: some servers compare it with its case.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function bearer(accessToken: string): Credentials {
  return {
    headers: async () => [['authorization', `Bearer ${accessToken}`]],
    learn: () => false,
  };
}
