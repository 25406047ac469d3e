import { afterAll, beforeAll } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/start.ts';

/** A server for all tests of a file; its members are there once they run. */
export function servedBy(options: ServerOptions = {}): RunningServer {
  let server: RunningServer | undefined;
  beforeAll(async () => {
    server = await startServer(options);
  });
  afterAll(() => server?.close());
  return new Proxy({} as RunningServer, {
    get: (_, name: keyof RunningServer) => server?.[name],
  });
}

/** A clock that goes only when it is told to. */
export function testClock(): {
  readonly now: () => number;
  readonly advance: (seconds: number) => void;
} {
  let milliseconds = Date.now();
  return {
    now: () => milliseconds,
    advance: (seconds) => {
      milliseconds += seconds * 1000;
    },
  };
}
