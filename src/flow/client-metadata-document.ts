import { quoted } from '../oauth/quoted.ts';
import { stringsMember } from '../trace/view.ts';
import { absence, fetchDocument } from './fetch-document.ts';
import type { Client, Tools } from './step.ts';

/**
 * A client whose id is the URL of its metadata. The document is looked at before use, and what is
 * wrong with it is said; whether it will do is the server's to decide.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-3
 */
export async function metadataDocumentClient(
  url: string,
  redirectUri: string,
  tools: Tools,
): Promise<Client> {
  const fetched = await fetchDocument(tools.http, url).catch((error: unknown) => ({
    kind: 'absent' as const,
    seen: absence(error),
  }));
  if (fetched.kind === 'absent')
    tools.note(`the client's own document could not be read: ${fetched.seen}`);
  else {
    const { client_id: id } = fetched.document;
    if (id !== url)
      tools.note(`client_id of the document is ${quoted(id)}, expected ${quoted(url)}`);
    const redirects = stringsMember(fetched.document, 'redirect_uris') ?? [];
    if (!redirects.some((listed) => withoutPort(listed) === withoutPort(redirectUri)))
      tools.note(
        `redirect_uris of the document is ${quoted(redirects)}, expected ${quoted(redirectUri)}`,
      );
  }
  tools.note('used the URL of the client metadata document as client id');
  return {
    id: url,
    authMethod: tools.options.clientKey ? 'private_key_jwt' : 'none',
    redirectUri,
    origin: 'document',
  };
}

/** A loopback redirect may differ in its port (RFC 8252 section 7.3). */
function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\d+/, '$1');
}
