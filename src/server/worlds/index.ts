import { findFault } from '../faults.ts';
import { federated } from './federated.ts';
import { legacy, legacyBare } from './legacy.ts';
import { minimal } from './minimal.ts';
import { createNetwork } from './network.ts';
import { securedApi } from './secured-api.ts';
import type { RunningWorld, World, WorldOptions } from './world.ts';

/** The deployments that the reference server plays. */
export const WORLDS: readonly World[] = [minimal, securedApi, federated, legacy, legacyBare];

/**
 * The world with this name.
 * @throws {Error} naming those there are, for another one.
 */
export function findWorld(name: string): World {
  const world = WORLDS.find((candidate) => candidate.name === name);
  if (world) return world;
  const known = WORLDS.map((candidate) => candidate.name).join(', ');
  throw new Error(`world ${JSON.stringify(name)} is unknown, expected one of ${known}`);
}

/**
 * Starts every server of a world.
 * @throws {Error} for an unknown name or fault; the system's error when the port cannot be had.
 */
export async function startWorld(name: string, options: WorldOptions = {}): Promise<RunningWorld> {
  const world = findWorld(name);
  const { port = 0, introspect = false, now = Date.now } = options;
  const faults = (options.faults ?? []).map(findFault);
  const network = createNetwork(options.onExchange);
  const { close, ...started } = await world
    .start(network, { port, introspect, faults, now })
    .catch(async (error: unknown) => {
      await network.close();
      throw error;
    });
  const { users, call, stepUp, expected } = world;
  return {
    name: world.name,
    users,
    call,
    ...(stepUp && { stepUp }),
    expected,
    resolve: [],
    places: {},
    ...started,
    servers: network.hosts.map((host) => ({
      name: host.name,
      origin: host.origin,
      get exchanges() {
        return network.exchanges.filter(({ seen_by }) => seen_by === host.name);
      },
    })),
    exchanges: network.exchanges,
    close: async () => {
      await close?.();
      await network.close();
    },
  };
}
