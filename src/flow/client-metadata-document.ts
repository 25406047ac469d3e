import { quoted } from '../oauth/quoted.ts';
import type { JsonObject } from '../trace/body.ts';
import { stringsMember } from '../trace/view.ts';
import { absence, fetchDocument } from './fetch-document.ts';
import type { Client, Tools } from './step.ts';

/** A server follows none: the id of a client is where its document stands. */
const NO_REDIRECTS = 0;

/**
 * A client whose id is the URL of its metadata. The document is looked at before use, and what is
 * wrong with it is said; whether it will do is the server's to decide.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-3
 */
export async function metadataDocumentClient(
  url: string,
  redirectUri: string,
  { http, options, note }: Tools,
): Promise<Client> {
  const usual = options.clientKey ? 'private_key_jwt' : 'none';
  const client: Client = {
    id: url,
    authMethod: options.tokenAuthMethod ?? usual,
    redirectUri,
    origin: 'document',
  };
  const fetched = await fetchDocument(http, url, [], NO_REDIRECTS).catch((error: unknown) => ({
    kind: 'absent' as const,
    seen: absence(error),
  }));
  if (fetched.kind === 'absent')
    note(`the client's own document could not be read: ${fetched.seen}`);
  else for (const problem of problemsOf(fetched.document, client)) note(problem);
  note('used the URL of the client metadata document as client id');
  return client;
}

/** What a server may refuse the document of a client for. */
function problemsOf(
  document: JsonObject,
  { id, authMethod, redirectUri }: Client,
): readonly string[] {
  const redirects = stringsMember(document, 'redirect_uris') ?? [];
  const isListed = redirects.some((listed) => withoutPort(listed) === withoutPort(redirectUri));
  const { client_id: named, token_endpoint_auth_method: method = authMethod } = document;
  const expected = [
    ['client_id', named, id, named === id],
    ['redirect_uris', redirects, redirectUri, isListed],
    ['token_endpoint_auth_method', method, authMethod, method === authMethod],
  ] as const;
  return [
    ...expected
      .filter(([, , , holds]) => !holds)
      .map(
        ([name, seen, wanted]) =>
          `${name} of the document is ${quoted(seen)}, expected ${quoted(wanted)}`,
      ),
    ...('client_secret' in document
      ? ['the document holds a client_secret, expected none: everybody can read it']
      : []),
  ];
}

/** A loopback redirect may differ in its port (RFC 8252 section 7.3). */
function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\d+/, '$1');
}
