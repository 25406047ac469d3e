/** Registered clients in a file, by the issuer that registered them. */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { ClientStore, StoredClient } from '../flow/options.ts';
import { UserError } from './exit.ts';

const stored = z.object({
  id: z.string().min(1),
  secret: z.string().optional(),
  authMethod: z.enum([
    'none',
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
  ]),
  scope: z.string().optional(),
  redirectUri: z.url(),
});

const file = z.record(z.string(), stored);

type Clients = ReadonlyMap<string, StoredClient>;

/**
 * Opens the store, which need not exist yet. Each change is written at once, whole or not at all,
 * for its owner's eyes only; what another run wrote meanwhile is kept.
 * @throws {UserError} when the file is something else, or its folder does not let it be written.
 */
export function openClientStore(path: string): ClientStore {
  requireWritable(path);
  read(path);
  const change = (alter: (clients: Map<string, StoredClient>) => void): string | undefined => {
    try {
      const clients = new Map(read(path));
      alter(clients);
      write(path, clients);
      return undefined;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      return `${JSON.stringify(path)} cannot be written (${codeOf(error)})`;
    }
  };
  return {
    find: (issuer) => read(path).get(issuer),
    keep: (issuer, client) => change((clients) => clients.set(issuer, client)),
    forget: (issuer) => change((clients) => clients.delete(issuer)),
  };
}

function read(path: string): Clients {
  const text = readIfThere(path);
  if (text === undefined || text.trim() === '') return new Map();
  try {
    // Each member is what the schema says; it only cannot tell an absent one from undefined.
    return new Map(Object.entries(file.parse(JSON.parse(text)) as Record<string, StoredClient>));
  } catch {
    throw new UserError(
      `--client-cache ${JSON.stringify(path)} is no store of clients: name another file, or delete it`,
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`--client-cache ${JSON.stringify(path)} cannot be read (${codeOf(error)})`);
  }
}

function requireWritable(path: string): void {
  const folder = dirname(path);
  try {
    if (!statSync(folder).isDirectory())
      throw new UserError(`${JSON.stringify(folder)} is no folder`);
    const trial = besides(path);
    writeFileSync(trial, '', { mode: 0o600, flag: 'wx' });
    rmSync(trial);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `--client-cache ${JSON.stringify(path)} cannot be written (${codeOf(error)})`,
    );
  }
}

function write(path: string, clients: Clients): void {
  const temporary = besides(path);
  try {
    const text = `${JSON.stringify(Object.fromEntries(clients), null, 2)}\n`;
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A name that nothing has, in the folder of the file. */
function besides(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
