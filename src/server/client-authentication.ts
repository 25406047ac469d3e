import { headerValue } from '../trace/headers.ts';
import { type Answer, type Inbound, oauthError } from './answer.ts';
import type { AuthMethod, Client, Clients } from './clients.ts';
import { sameSecret } from './random.ts';

/** Says who the client is, or the answer that refuses it. @see RFC 6749 section 2.3 */
export async function authenticateClient(
  inbound: Inbound,
  form: URLSearchParams,
  clients: Clients,
): Promise<Client | Answer> {
  const credentials = credentialsOf(inbound, form);
  if ('kind' in credentials) return credentials;
  const { id, secret, method } = credentials;
  const client = await clients.find(id);
  if (typeof client !== 'object') return invalidClient(client ?? 'the client is unknown');
  const registered = client.metadata.token_endpoint_auth_method;
  if (method !== registered)
    return invalidClient(`the client used ${method}, it is registered for ${registered}`);
  if (client.secret !== undefined && !sameSecret(client.secret, secret ?? ''))
    return invalidClient('the client secret is wrong');
  return client;
}

/** Tells an answer from a client. */
export function isAnswer(value: Client | Answer): value is Answer {
  return 'kind' in value;
}

interface Credentials {
  readonly id: string;
  readonly secret: string | undefined;
  readonly method: AuthMethod;
}

function credentialsOf(inbound: Inbound, form: URLSearchParams): Credentials | Answer {
  const header = headerValue(inbound.headers, 'authorization');
  const id = form.get('client_id');
  const secret = form.get('client_secret') ?? undefined;
  if (header !== undefined) {
    const basic = basicCredentials(header);
    if (!basic) return invalidClient('the Authorization header holds no Basic credentials');
    if (secret !== undefined || (id !== null && id !== basic.id))
      return invalidRequest('the client authenticated in two ways');
    return basic;
  }
  if (!id) return invalidClient('the request names no client');
  return { id, secret, method: secret === undefined ? 'none' : 'client_secret_post' };
}

/** Both halves are form-encoded before they are joined. @see RFC 6749 section 2.3.1 */
function basicCredentials(header: string): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1];
  const [, id, secret] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return { id: formDecode(id), secret: formDecode(secret), method: 'client_secret_basic' };
}

function formDecode(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? '';
}

function invalidClient(description: string): Answer {
  return oauthError('token-error', 401, 'invalid_client', description, [
    ['www-authenticate', 'Basic realm="token endpoint", charset="UTF-8"'],
  ]);
}

function invalidRequest(description: string): Answer {
  return oauthError('token-error', 400, 'invalid_request', description);
}
