import { isObject } from '../trace/body.ts';
import { readClientMetadata } from './client-metadata.ts';
import type { Client, Clients } from './clients.ts';
import { createExpiring } from './expiring.ts';
import { fetchForeignJson } from './guarded-fetch.ts';
import type { Realm } from './realm.ts';

const CACHE_SECONDS = 300;

/**
 * The registered clients, and besides them every client whose id is the URL of its own metadata.
 * Documents are fetched when they are needed and kept for a while; failures are not.
 * @see Client ID Metadata Document draft 00 sections 3 and 4
 */
export function withClientDocuments(registered: Clients, realm: Realm): Clients {
  const allowLoopback = realm.allowLoopbackClientMetadata;
  const documents = createExpiring<Client>(realm.now, CACHE_SECONDS);
  const fetchClient = async (id: string, url: URL): Promise<Client | string> => {
    try {
      const client = readDocument(id, await fetchForeignJson(url, allowLoopback), realm);
      if (typeof client === 'object') documents.set(id, client);
      return client;
    } catch (error) {
      return `the client metadata document ${error instanceof Error ? error.message : ''}`;
    }
  };
  return {
    ...registered,
    find: async (id) => {
      if (!/^https?:/i.test(id)) return registered.find(id);
      const problem = clientUrlProblem(id, allowLoopback);
      if (problem) return `the client id ${problem}`;
      return documents.get(id) ?? fetchClient(id, new URL(id));
    },
  };
}

/** Why a URL cannot be a client id. It is judged as it is written: nothing is normalised. */
export function clientUrlProblem(id: string, allowLoopback: boolean): string | undefined {
  if (!URL.canParse(id)) return 'is not a URL';
  const { protocol, hostname, username, password } = new URL(id);
  const isLoopback = allowLoopback && LOOPBACK_NAMES.includes(hostname);
  if (protocol !== 'https:' && !isLoopback) return 'is not https';
  if (id.includes('#')) return 'has a fragment';
  if (username || password) return 'carries credentials';
  const path = /^https?:\/\/[^/?]+(\/[^?]*)/i.exec(id)?.[1] ?? '';
  if (path === '' || path === '/') return 'has no path';
  return path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))
    ? 'has dot segments'
    : undefined;
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function readDocument(id: string, text: string, realm: Realm): Client | string {
  const document = parse(text);
  if (!isObject(document)) return 'the client metadata document is no JSON object';
  if (document.client_id !== id && realm.checks('document-client-id'))
    return 'client_id in the client metadata document is not its URL';
  if ('client_secret' in document || 'client_secret_expires_at' in document)
    return 'the client metadata document holds a secret, and everybody can read it';
  if (typeof document.client_name !== 'string')
    return 'the client metadata document has no client_name';
  const reading = readClientMetadata({ token_endpoint_auth_method: 'none', ...document }, realm);
  if ('error' in reading)
    return `the client metadata document is not valid: ${reading.description}`;
  if (reading.metadata.token_endpoint_auth_method.startsWith('client_secret'))
    return 'the client metadata document asks for a shared secret, which nobody could share';
  return { id, metadata: reading.metadata };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON at all: refused as JSON that is no object
  }
}
