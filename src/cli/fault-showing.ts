import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RULES } from '../rules/index.ts';
import { findFault } from '../server/faults.ts';
import { NEWEST, type Revision } from '../spec/revisions.ts';
import type { Io } from './io.ts';

/** What a run has to do for faults of the reference server to show. */
export interface Showing {
  /** The revision in which alone they show; undefined for any. */
  readonly revision: Revision | undefined;
  /** A call has to ask for more scope than the first challenge named. */
  readonly needsStepUp: boolean;
  /** A tool that asks for more scope than the first challenge named, or one that does not. */
  readonly call: { readonly tool: string; readonly args: string };
  /** The client is known by the URL of its metadata. */
  readonly byDocument: boolean;
  /** Faults that no run shows: only an extra request would. */
  readonly hidden: readonly string[];
}

/** How faults are shown. */
export function showingOf(ids: readonly string[]): Showing {
  const faults = ids.map(findFault);
  const needs = new Set(faults.map((fault) => fault.needs));
  const needsStepUp = needs.has('step-up');
  return {
    needsStepUp,
    revision: faults.some(({ rules }) => isModernOnly(rules)) ? NEWEST : undefined,
    call: needsStepUp
      ? { tool: 'list_stocks', args: '{}' }
      : { tool: 'echo', args: '{"text":"hello"}' },
    byDocument: needs.has('client-metadata-document'),
    hidden: faults.filter((fault) => fault.needs === 'probe').map(({ id }) => id),
  };
}

/** Tells which of the faults asked for nobody will see. */
export function tellHidden({ hidden }: Showing, io: Io): void {
  for (const id of hidden)
    io.stderr(`${id} does not show in a run: only an extra request would notice it.\n`);
}

/** A line of a welcome that says which faults are active; none without faults. */
export function faultyLines(ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`Faulty on purpose: ${ids.join(', ')}`];
}

function isModernOnly(ids: readonly string[]): boolean {
  const rules = RULES.filter(({ id }) => ids.includes(id));
  return rules.length > 0 && rules.every(({ revisions }) => revisions === 'D');
}

/** A client's metadata document on a server of its own. */
export interface ClientDocument {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves a client's metadata document on this machine.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00
 */
export async function serveClientDocument(): Promise<ClientDocument> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(documentAt(url)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Bound to a port: the address is an object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.json`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function documentAt(url: string): object {
  return {
    client_id: url,
    client_name: 'mcp-oauth-trace self-test',
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}
