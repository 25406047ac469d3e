import { Agent, fetch as fetchWith } from 'undici';
import { afterAll, beforeAll } from 'vitest';
import { CLIENTS } from '../../../src/clients/index.ts';
import type { Consent } from '../../../src/consent/consent.ts';
import { form } from '../../../src/consent/form.ts';
import type { FlowOptions } from '../../../src/flow/options.ts';
import { type Performed, perform } from '../../../src/flow/perform.ts';
import { createHttp } from '../../../src/http/client.ts';
import { openConnections } from '../../../src/http/connection.ts';
import { createRecorder } from '../../../src/http/recorder.ts';
import { judge } from '../../../src/rules/judge.ts';
import { startWorld } from '../../../src/server/worlds/index.ts';
import type { RunningWorld, WorldOptions } from '../../../src/server/worlds/world.ts';
import type { Trace } from '../../../src/trace/schema.ts';

/** A world for all tests of a file; its members are there once they run. */
export function living(name: string, options: WorldOptions = {}): RunningWorld {
  let world: RunningWorld | undefined;
  beforeAll(async () => {
    world = await startWorld(name, options);
  });
  afterAll(() => world?.close());
  return new Proxy({} as RunningWorld, {
    get: (_, member: keyof RunningWorld) => world?.[member],
  });
}

/** One headless run against a world, with its first user and its tool. */
export async function runIn(
  world: RunningWorld,
  flow: Partial<FlowOptions> = {},
): Promise<Performed> {
  const [user = { username: '' }] = world.users;
  return perform({
    flow: {
      url: world.mcpUrl,
      profile: CLIENTS[0],
      revision: 'auto',
      lenient: false,
      authorizeParameters: [],
      callback: { host: '127.0.0.1', port: 0, path: '/callback' },
      consentTimeout: 60_000,
      keep: false,
      call: world.call,
      ...flow,
    },
    connection: {
      timeout: 60_000,
      resolve: world.resolve,
      ...(world.ca !== undefined && { ca: world.ca }),
    },
    timeout: 60_000,
    maxBody: 256 * 1024,
    userAgent: 'test',
    headers: [],
    consent: form({ ...user, otp: world.otp }),
    username: user.username,
    source: 'trace',
    signal: new AbortController().signal,
    observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} },
    say: () => {},
    ask: async () => '',
  });
}

/** What a run came to, in the words of a world's expectation. */
export function cameTo(trace: Trace): RunningWorld['expected'] {
  const { outcome, refresh_token_received: refresh, steps } = trace.sequence_summary;
  return {
    outcome,
    refresh,
    skipped: steps.flatMap(({ id, outcome: how }) => (how === 'skipped' ? [id] : [])) as never,
    findings: judge(trace)
      .findings.map(({ rule }) => rule.id)
      .sort(),
  };
}

/** Where test clients want to be sent: nobody listens there, so the answer comes back to the test. */
export const CALLBACK = 'http://localhost:9/callback';

/** Logs in and approves, as the first user of a world by default; gives the callback URL. */
export async function approveIn(
  world: RunningWorld,
  url: string,
  consent: Consent = form({ ...world.users[0], otp: world.otp }),
): Promise<URL> {
  const connections = openConnections({
    timeout: 60_000,
    resolve: world.resolve,
    ...(world.ca !== undefined && { ca: world.ca }),
  });
  const signal = new AbortController().signal;
  const http = createHttp({
    connections,
    recorder: createRecorder(),
    timeout: 60_000,
    maxBody: 1024 * 1024,
    userAgent: 'test',
    headers: [],
    signal,
  })('authorization');
  try {
    const tools = { http, redirectUri: CALLBACK, signal, say: () => {}, ask: async () => '' };
    const answer = await consent.approve(url, tools);
    return new URL(answer ?? '');
  } finally {
    await connections.close();
  }
}

/** A fetch that knows the names and trusts the authority of a world. */
export function fetchIn(world: RunningWorld): typeof fetch {
  const agent = new Agent({
    pipelining: 0,
    connect: {
      ...(world.ca !== undefined && { ca: world.ca }),
      lookup: (_, options, callback) =>
        options.all
          ? callback(null, [{ address: '127.0.0.1', family: 4 }])
          : callback(null, '127.0.0.1', 4),
    },
  });
  // undici's fetch is the global one, but for the version of its types.
  return ((url: string, init: object) =>
    fetchWith(url, { redirect: 'manual', ...init, dispatcher: agent })) as unknown as typeof fetch;
}
