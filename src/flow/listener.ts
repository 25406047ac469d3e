import type { Loopback } from '../http/loopback.ts';
import type { RunEnvironment } from './environment.ts';
import type { FlowOptions } from './options.ts';
import type { Tools } from './step.ts';

/** The callback listener of a run. */
export interface Listener {
  /** Opened at first use, moved when a registration says so. @throws {ListenError} */
  readonly open: Tools['loopback'];
  close(): Promise<void>;
}

/** Nothing is listened on until a step asks for it. */
export function createListener(
  { callback }: FlowOptions,
  { openLoopback, recorder }: RunEnvironment,
): Listener {
  let current: Promise<Loopback> | undefined;
  const open = (place: typeof callback): Promise<Loopback> =>
    openLoopback({ ...place, recorder, step: 'authorization' });

  const move = async (wanted: typeof callback): Promise<Loopback> => {
    const before = await current;
    // Closed first: the new place may have the port of the old one.
    await before?.close();
    try {
      const moved = await open(wanted);
      current = Promise.resolve(moved);
      return moved;
    } catch (error) {
      current = before && open(placeOf(before.redirectUri));
      await current;
      throw error;
    }
  };

  return {
    open: (wanted) => {
      if (wanted) return move({ ...callback, ...wanted });
      current ??= open(callback);
      return current;
    },
    close: async () => {
      const opened = await current?.catch(() => undefined);
      await opened?.close();
    },
  };
}

function placeOf(redirectUri: string): FlowOptions['callback'] {
  const { hostname, port, pathname } = new URL(redirectUri);
  return { host: hostname, port: Number(port), path: pathname };
}
