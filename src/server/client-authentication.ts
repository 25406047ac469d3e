import { headerValue } from '../trace/headers.ts';
import { type Answer, type Inbound, oauthError } from './answer.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { ASSERTION_TYPE, assertionProblem, subjectOf } from './client-assertion.ts';
import type { AuthMethod, Client } from './clients.ts';
import { sameSecret } from './random.ts';

/** Says who the client is, or the answer that refuses it. @see RFC 6749 section 2.3 */
export async function authenticateClient(
  server: AuthorizationServer,
  inbound: Inbound,
  form: URLSearchParams,
): Promise<Client | Answer> {
  const credentials = credentialsOf(inbound, form);
  if ('kind' in credentials) return credentials;
  const { id, method } = credentials;
  const client = await server.clients.find(id);
  if (typeof client !== 'object') return invalidClient(client ?? 'the client is unknown');
  const registered = client.metadata.token_endpoint_auth_method;
  if (method !== registered)
    return invalidClient(`the client used ${method}, it is registered for ${registered}`);
  const problem = await problemOf(server, client, credentials);
  return problem === undefined ? client : invalidClient(problem);
}

async function problemOf(
  { realm, usedAssertions }: AuthorizationServer,
  client: Client,
  { method, proof = '' }: Credentials,
): Promise<string | undefined> {
  if (method === 'none') return undefined;
  if (method === 'private_key_jwt') return assertionProblem(proof, client, realm, usedAssertions);
  return client.secret !== undefined && sameSecret(client.secret, proof)
    ? undefined
    : 'the client secret is wrong';
}

/** Tells an answer from a client. */
export function isAnswer(value: Client | Answer): value is Answer {
  return 'kind' in value;
}

interface Credentials {
  readonly id: string;
  readonly method: AuthMethod;
  /** The secret or the assertion. */
  readonly proof: string | undefined;
}

function credentialsOf(inbound: Inbound, form: URLSearchParams): Credentials | Answer {
  const header = headerValue(inbound.headers, 'authorization');
  const ways = [header ?? null, form.get('client_secret'), form.get('client_assertion')];
  if (ways.filter((way) => way !== null).length > 1)
    return invalidRequest('the client authenticated in two ways');
  const found = header === undefined ? formCredentials(form) : basicCredentials(header);
  if (!found) return invalidClient('the request holds no readable client credentials');
  const named = form.get('client_id');
  return named === null || named === found.id
    ? found
    : invalidRequest('client_id is not the client that authenticated');
}

function formCredentials(form: URLSearchParams): Credentials | undefined {
  const id = form.get('client_id') ?? undefined;
  const secret = form.get('client_secret') ?? undefined;
  const assertion = form.get('client_assertion') ?? undefined;
  if (assertion !== undefined) {
    const subject = form.get('client_assertion_type') === ASSERTION_TYPE && subjectOf(assertion);
    return subject ? { id: subject, method: 'private_key_jwt', proof: assertion } : undefined;
  }
  if (!id) return undefined;
  return { id, method: secret === undefined ? 'none' : 'client_secret_post', proof: secret };
}

/** Both halves are form-encoded before they are joined. @see RFC 6749 section 2.3.1 */
function basicCredentials(header: string): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1];
  const [, id, secret] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return { id: formDecode(id), method: 'client_secret_basic', proof: formDecode(secret) };
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
