import { appendFileSync } from 'node:fs';
import { FAULTS, findFault } from '../../server/faults.ts';
import { type RunningServer, startServer } from '../../server/start.ts';
import type { User } from '../../server/users.ts';
import { findWorld } from '../../server/worlds/index.ts';
import type { Exchange } from '../../trace/schema.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import { faultyLines, showingOf, tellHidden } from '../fault-showing.ts';
import type { Io } from '../io.ts';
import { portError, refusePlain, requirePlain, startNamedWorld } from '../world-context.ts';
import { writeWorldFiles } from '../world-files.ts';
import { worldFacts, worldWelcome } from '../world-welcome.ts';

/** What `serve` was asked. */
export interface ServeOptions {
  readonly port: number;
  readonly split?: boolean;
  readonly user: readonly string[];
  readonly tokens?: 'jwt' | 'opaque';
  readonly introspect?: boolean;
  readonly fault?: readonly string[];
  readonly listFaults?: boolean;
  readonly log?: string;
  readonly json?: boolean;
  readonly world?: string;
}

/** Runs the reference server until it is interrupted. */
export async function serveCommand(options: ServeOptions, io: Io): Promise<ExitCode> {
  if (options.listFaults) {
    io.stdout(faultList());
    return EXIT.ok;
  }
  if (options.world !== undefined) return await serveWorld(options.world, options, io);
  requirePlain(options);
  const faults = readFaults(options.fault);
  tellHidden(showingOf(faults), io);
  const users = options.user.map(readUser);
  const server = await start(options, users, faults);
  const stopped = new Promise<void>((resolve) => {
    io.onInterrupt(resolve);
  });
  io.stdout(
    options.json ? `${JSON.stringify(facts(server, faults))}\n` : welcome(server, users, faults),
  );
  await stopped;
  await server.close();
  return EXIT.ok;
}

function faultList(): string {
  const width = Math.max(...FAULTS.map(({ id }) => id.length));
  const lines = FAULTS.map(({ id, describe, needs }) => {
    const mark = needs === 'probe' ? ' (no run shows it)' : '';
    return `${id.padEnd(width)}  ${describe}${mark}\n`;
  });
  return lines.join('');
}

async function serveWorld(name: string, options: ServeOptions, io: Io): Promise<ExitCode> {
  const { port, log, json, introspect } = options;
  refusePlain(options);
  const faults = readFaults(options.fault);
  tellHidden(showingOf(faults), io);
  const world = await startNamedWorld(name, {
    port,
    faults,
    ...(introspect && { introspect }),
    ...(log !== undefined && { onExchange: logTo(log) }),
  });
  const files = writeWorldFiles(world);
  try {
    const stopped = new Promise<void>((resolve) => {
      io.onInterrupt(resolve);
    });
    io.stdout(
      json
        ? `${JSON.stringify(worldFacts(world, files, faults))}\n`
        : worldWelcome(world, files, faults, findWorld(name).describe),
    );
    await stopped;
  } finally {
    files.remove();
    await world.close();
  }
  return EXIT.ok;
}

async function start(
  options: ServeOptions,
  users: readonly User[],
  faults: readonly string[],
): Promise<RunningServer> {
  const { port, split, tokens, log } = options;
  try {
    return await startServer({
      port,
      ...(tokens && { tokens }),
      ...(split && { split }),
      ...(users.length > 0 && { users }),
      faults,
      ...(log !== undefined && { onExchange: logTo(log) }),
    });
  } catch (error) {
    throw portError(error, port);
  }
}

/** The faults asked for. @throws {UserError} for an unknown one. */
export function readFaults(ids: readonly string[] = []): readonly string[] {
  for (const id of ids) {
    try {
      findFault(id);
    } catch (error) {
      throw new UserError(
        `${(error as Error).message}; mcp-oauth-trace serve --list-faults lists them all`,
      );
    }
  }
  return ids;
}

function readUser(text: string): User {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1)
    throw new UserError('--user needs a name and a password, as in --user alice:secret');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Appends exchanges as JSON lines. Written at once: the line is there when the client has its answer. */
function logTo(file: string): (exchange: Exchange) => void {
  const append = (text: string): void => appendFileSync(file, text, { mode: 0o600 });
  try {
    append('');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`--log ${JSON.stringify(file)} cannot be written (${code ?? 'unknown'})`);
  }
  return (exchange) => append(`${JSON.stringify(exchange)}\n`);
}

function facts(
  { mcpUrl, issuer }: RunningServer,
  faults: readonly string[],
): Readonly<Record<string, unknown>> {
  return { mcp_url: mcpUrl, issuer, faults, pid: process.pid };
}

function welcome(
  { mcpUrl, issuer }: RunningServer,
  users: readonly User[],
  faults: readonly string[],
): string {
  const [user] = users;
  const login = user ? `--username ${user.name}` : '--username testuser --password testpass';
  // What was given as a secret is not repeated.
  const password = user
    ? ['It asks for the password of that user, or takes it from OAUTH_TEST_PASSWORD.']
    : [];
  return [
    `MCP server            ${mcpUrl}`,
    `authorization server  ${issuer}`,
    ...faultyLines(faults),
    '',
    `Try: mcp-oauth-trace ${mcpUrl} ${login}`,
    ...password,
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
