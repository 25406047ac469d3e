import type { Consent, ConsentTools } from '../consent/consent.ts';
import { createHttp } from '../http/client.ts';
import { type ConnectionOptions, openConnections } from '../http/connection.ts';
import { openLoopback } from '../http/loopback.ts';
import { createRecorder, milliseconds } from '../http/recorder.ts';
import type { Exchange, Header, Trace } from '../trace/schema.ts';
import { createAddressGuard } from './address-guard.ts';
import { assemble } from './assemble.ts';
import type { Observer } from './environment.ts';
import { graceAfter } from './grace.ts';
import type { FlowOptions } from './options.ts';
import { run } from './run.ts';
import { TOOL } from './tool.ts';

/** Everything one run needs to know. */
export interface Performance {
  readonly flow: FlowOptions;
  readonly connection: ConnectionOptions;
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** Bytes of each body that the trace keeps. */
  readonly maxBody: number;
  readonly userAgent: string;
  /** Added to every back-channel request. */
  readonly headers: readonly Header[];
  readonly consent: Consent;
  readonly username: string | null;
  /** What the trace names as its maker: `trace`, `self-test`. */
  readonly source: string;
  /** Interrupts the run; what it registered and was issued is still given back, unless that had begun. */
  readonly signal: AbortSignal;
  /** Cuts that short too; it does not last longer than some seconds anyway. */
  readonly giveUp?: AbortSignal;
  readonly observer: Observer & { exchange(exchange: Exchange): void };
  readonly say: ConsentTools['say'];
  readonly ask: ConsentTools['ask'];
}

/** A raw trace, and the exception of ours that ended it early. */
export interface Performed {
  readonly trace: Trace;
  readonly crash?: unknown;
}

/** Runs the sequence once and returns what was seen, however it ended. */
export async function perform(wanted: Performance): Promise<Performed> {
  const { flow, connection, consent, signal, observer, say, ask } = wanted;
  const started = new Date();
  const began = performance.now();
  const guard = createAddressGuard(flow);
  const connections = openConnections({ ...connection, guard });
  const recorder = createRecorder((exchange) => observer.exchange(exchange));
  const http = createHttp({
    connections,
    recorder,
    signal,
    guard,
    timeout: wanted.timeout,
    maxBody: wanted.maxBody,
    userAgent: wanted.userAgent,
    headers: wanted.headers,
  });
  try {
    const done = await run(flow, {
      http,
      guard,
      recorder,
      consent,
      signal,
      lastSignal: graceAfter(signal, wanted.giveUp),
      observer,
      openLoopback,
      say,
      ask,
    });
    const trace = assemble(done, recorder.log(), flow, {
      tool: TOOL,
      started,
      durationMs: milliseconds(performance.now() - began),
      username: wanted.username,
      consent: consent.name,
      source: wanted.source,
      insecure: connection.insecure === true,
    });
    return { trace, ...('crash' in done && { crash: done.crash }) };
  } finally {
    await connections.close();
  }
}
