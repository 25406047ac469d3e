import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { STEP_IDS, type StepId } from '../../src/trace/schema.ts';
import { consentBy, follow, type Options, runFlow } from './support.ts';
import {
  ASM,
  AUTHORIZE,
  answerRpc,
  formOf,
  guarded,
  MCP,
  PRM,
  REGISTER,
  type Reply,
  type Route,
  type Routes,
  startWorld,
  TOKEN,
} from './world.ts';

/** True when something accepts connections on a port. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('an interruption', () => {
  /** Interrupts the run when a request arrives, which is never answered. */
  const at: Readonly<Record<StepId, (stop: () => Reply) => Routes>> = {
    challenge: (stop) => ({ [MCP]: stop }),
    'resource-metadata': (stop) => ({ [PRM]: stop }),
    'server-metadata': (stop) => ({ [ASM]: stop }),
    registration: (stop) => ({ [REGISTER]: stop }),
    authorization: (stop) => ({ [AUTHORIZE]: stop }),
    token: (stop) => ({ [TOKEN]: stop }),
    call: (stop) => ({ [MCP]: guarded(stop) }),
    refresh: (stop) => ({
      [TOKEN]: (hit) =>
        formOf(hit).grant_type === 'refresh_token'
          ? stop()
          : { json: { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' } },
    }),
    cleanup: (stop) => ({ 'POST /revoke': stop }),
  };

  test.each(STEP_IDS)('in the step %s ends the run there, with everything seen', async (id) => {
    const interrupt = new AbortController();
    const world = await startWorld(
      at[id](() => {
        interrupt.abort();
        return 'hang';
      }),
    );
    const { outcome, failedStep, step, trace, wire, crash } = await runFlow(world.mcpUrl, {
      signal: interrupt.signal,
    });
    expect({ outcome, failedStep, crash }).toEqual({
      outcome: 'interrupted',
      failedStep: id,
      crash: undefined,
    });
    expect(step(id).outcome).toBe('interrupted');
    expect(wire(id).at(-1)).toMatch(/-> ABORTED$/);
    expect(trace.trace_log.filter(({ channel }) => channel !== 'loopback')).toHaveLength(
      world.hits.length,
    );
    expect(trace.trace_log.every(({ response, failure }) => response ?? failure)).toBe(true);
  });

  test('while the human is waited for ends the run and closes the listener', async () => {
    const interrupt = new AbortController();
    let port = 0;
    const world = await startWorld();
    const consent = consentBy(async (_, { redirectUri, signal }) => {
      port = Number(new URL(redirectUri).port);
      expect(await isOpen(port)).toBe(true);
      interrupt.abort();
      expect(signal.aborted).toBe(true);
      return undefined;
    });
    const { outcome, failedStep } = await runFlow(world.mcpUrl, {
      consent,
      signal: interrupt.signal,
    });
    expect({ outcome, failedStep }).toEqual({
      outcome: 'interrupted',
      failedStep: 'authorization',
    });
    expect(await isOpen(port)).toBe(false);
  });

  test('before the run leaves nothing but its record', async () => {
    const world = await startWorld();
    const { outcome, trace } = await runFlow(world.mcpUrl, { signal: AbortSignal.abort() });
    expect(outcome).toBe('interrupted');
    expect(trace.trace_log).toEqual([]);
    expect(world.hits).toEqual([]);
  });
});

describe('what an interrupted run leaves behind', () => {
  /** A run that was signed in when it was interrupted, at a server where tokens can be revoked. */
  const interruptedCall = async (revoke: Route, giveUp?: AbortSignal) => {
    const interrupt = new AbortController();
    const world = await startWorld({
      [MCP]: guarded(() => {
        interrupt.abort();
        return 'hang';
      }),
      'POST /revoke': revoke,
    });
    const { signal } = interrupt;
    const run = await runFlow(world.mcpUrl, { signal, ...(giveUp && { giveUp }) });
    return { ...run, revoked: world.hitsOf('POST /revoke').length };
  };

  test('is as little as a whole run leaves', async () => {
    const { outcome, failedStep, step, wire, revoked } = await interruptedCall({ status: 200 });
    expect({ outcome, failedStep }).toEqual({ outcome: 'interrupted', failedStep: 'call' });
    expect(step('refresh').outcome).toBe('interrupted');
    expect(step('cleanup').outcome).toBe('done');
    expect(wire('cleanup')).toContainEqual(expect.stringMatching(/POST \/revoke.* -> 200$/));
    expect(revoked).toBeGreaterThan(0);
  });

  test('is told where a second interrupt comes before it is done', async () => {
    const second = new AbortController();
    const { outcome, step, revoked } = await interruptedCall(() => {
      second.abort();
      return 'hang';
    }, second.signal);
    expect(outcome).toBe('interrupted');
    expect(step('cleanup').outcome).toBe('interrupted');
    expect(revoked).toBe(1);
  });

  test('is everything where there was a second interrupt already', async () => {
    const { step, revoked } = await interruptedCall({ status: 200 }, AbortSignal.abort());
    expect(step('cleanup').outcome).toBe('interrupted');
    expect(revoked).toBe(0);
  });
});

describe('the callback listener', () => {
  test.each<[string, Route]>([
    ['a good', (hit) => followRoute(hit)],
    ['a bad', { status: 500 }],
  ])('is closed after %s run', async (_, authorize) => {
    let port = 0;
    const world = await startWorld({ [AUTHORIZE]: authorize });
    const consent = consentBy(async (url, tools) => {
      port = Number(new URL(tools.redirectUri).port);
      return follow().approve(url, tools);
    }, 'form');
    await runFlow(world.mcpUrl, { consent });
    expect(port).toBeGreaterThan(0);
    expect(await isOpen(port)).toBe(false);
  });
});

describe('a defect of ours', () => {
  const throwing = (where: 'stepStarted' | 'stepEnded' | 'exchange'): Options => ({
    observer: {
      stepStarted: () => {},
      stepEnded: () => {},
      exchange: () => {},
      [where]: () => {
        throw new RangeError('ours');
      },
    },
  });

  test.each(['stepStarted', 'stepEnded', 'exchange'] as const)(
    'in the observer at %s is handed back with the trace so far',
    async (where) => {
      const world = await startWorld();
      const { crash, trace, outcome } = await runFlow(world.mcpUrl, throwing(where));
      expect(crash).toBeInstanceOf(RangeError);
      expect(outcome).toBe('failed');
      expect(trace.trace_log.length).toBe(world.hits.length);
    },
  );

  test('in a step is handed back, and the steps after it do not run', async () => {
    const world = await startWorld();
    const consent = consentBy(() => {
      throw new RangeError('ours');
    });
    const { crash, trace, step } = await runFlow(world.mcpUrl, { consent });
    expect(crash).toBeInstanceOf(RangeError);
    expect(step('authorization').outcome).toBe('failed');
    expect(trace.sequence_summary.steps.at(-1)?.id).toBe('authorization');
    expect(trace.trace_log.length).toBe(world.hits.length);
  });
});

test('a step that breaks later keeps what it had found before', async () => {
  const world = await startWorld({
    [MCP]: guarded((hit) => (hit.body.includes('tools/list') ? { status: 500 } : answerRpc(hit))),
  });
  const { outcome, trace } = await runFlow(world.mcpUrl);
  expect(outcome).toBe('failed');
  expect(trace.metadata.revision.used).toBe('2025-11-25');
});

function followRoute(hit: Parameters<Exclude<Route, Reply>>[0]): Reply {
  const redirect = hit.url.searchParams.get('redirect_uri') ?? '';
  const state = hit.url.searchParams.get('state') ?? '';
  return { status: 302, headers: { location: `${redirect}?code=a&state=${state}` } };
}
