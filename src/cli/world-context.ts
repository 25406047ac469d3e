import { form } from '../consent/form.ts';
import { HIDDEN_FAULTS } from '../server/worlds/hidden-faults.ts';
import { findWorld, startWorld, WORLDS } from '../server/worlds/index.ts';
import type { RunningWorld, WorldOptions } from '../server/worlds/world.ts';
import { UserError } from './exit.ts';
import type { RunContext } from './run-plan.ts';

/**
 * Starts a world of the reference server.
 * @throws {UserError} for a fault that it cannot show, and a port that cannot be had.
 */
export async function startNamedWorld(name: string, options: WorldOptions): Promise<RunningWorld> {
  for (const fault of options.faults ?? []) requireShown(fault, name);
  if (options.introspect && !findWorld(name).canIntrospect)
    throw new UserError(`--introspect is for --world ${INTROSPECTING.join(', ')}`);
  try {
    return await startWorld(name, options);
  } catch (error) {
    throw portError(error, options.port);
  }
}

const INTROSPECTING = WORLDS.filter((world) => world.canIntrospect).map(({ name }) => name);

/** @throws {UserError} when the plain server is asked for what only worlds do. */
export function requirePlain({ introspect }: Pick<WorldOptions, 'introspect'>): void {
  if (introspect)
    throw new UserError(`--introspect is for --world ${INTROSPECTING.join(', ')}: name it`);
}

/** @throws {UserError} when the world has nothing that the fault could break. */
function requireShown(fault: string, name: string): void {
  const shows = (world: string): boolean => !HIDDEN_FAULTS[world]?.includes(fault);
  if (shows(name)) return;
  const others = WORLDS.map((world) => world.name).filter(shows);
  throw new UserError(
    `the fault ${fault} does not show in the world ${name}, which lacks what it breaks or is that way already: ` +
      `leave --world away${others.length > 0 ? `, or name ${others.join(' or ')}` : ''}`,
  );
}

/** What only the plain server can be asked. */
interface PlainOptions {
  readonly user?: readonly string[];
  readonly split?: boolean;
  readonly tokens?: string;
}

/** @throws {UserError} when a world is asked for what only the plain server does. */
export function refusePlain({ user = [], split, tokens }: PlainOptions): void {
  const given = [
    ...(user.length > 0 ? ['--user'] : []),
    ...(split ? ['--split'] : []),
    ...(tokens === undefined ? [] : ['--tokens']),
  ].join(' and ');
  if (given !== '')
    throw new UserError(
      `${given} cannot go with --world: a world has its own users, origins and tokens`,
    );
}

/** What stands in the way of listening, as a mistake of the user's; any other error as it is. */
export function portError(error: unknown, port = 0): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new UserError(
      `port ${port} is already in use: choose another, or leave --port out for a free one`,
    );
  if (code === 'EACCES') return new UserError(`port ${port} may not be listened on by this user`);
  return error;
}

/** What a headless run against a world knows: who logs in, whom to trust, what to call. */
export function worldContext(world: RunningWorld): RunContext {
  const { users, otp, call, ca, resolve } = world;
  const [{ username, password } = { username: '' }] = users;
  return {
    source: 'self-test',
    consent: form({ username, password, otp }),
    credentials: { username, password },
    flow: { call },
    connection: { resolve, ...(ca !== undefined && { ca }) },
  };
}
