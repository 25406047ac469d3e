import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerCallback } from './callback-exchange.ts';
import {
  type Awaited,
  type CallbackRequest,
  type Rejection,
  rejectionOf,
} from './callback-verdict.ts';
import { listenOnLoopback } from './listen.ts';
import type { Recorder } from './recorder.ts';

/** Where the listener stands and what its redirect URI looks like. */
export interface LoopbackOptions {
  /** As it stands in the redirect URI: `localhost`, `127.0.0.1` or `[::1]`. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly path: string;
  readonly recorder: Recorder;
  readonly step: string;
}

/** An authorization response that belongs to this run. */
export interface Callback {
  readonly exchange: number;
  readonly url: string;
  readonly parameters: URLSearchParams;
}

/** The listener that the user's browser comes back to. */
export interface Loopback {
  readonly redirectUri: string;
  /** From now on a callback with this state, and only the first, is accepted. */
  expect(state: string): Promise<Callback>;
  /** Why callbacks that came were not accepted, oldest first. */
  rejections(): readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the callback listener, on loopback addresses only (RFC 8252 section 7.3).
 * @throws {ListenError} when the port is taken.
 */
export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const rejections: string[] = [];
  let awaited: Awaited = 'nothing-yet';
  let accept: ((callback: Callback) => void) | undefined;

  /** Lets one callback pass, and tells the others why not. */
  const admit = (request: CallbackRequest): Rejection | undefined => {
    const rejection = rejectionOf(request, awaited);
    if (rejection) rejections.push(rejection.reason);
    else awaited = 'nothing-more';
    return rejection;
  };
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const callback = await answerCallback(request, response, { ...options, origin, admit });
    if (callback) accept?.(callback);
  };
  const { port, close } = await listenOnLoopback(
    options.host,
    options.port,
    (request, response) => void hear(request, response).catch(() => response.destroy()),
  );
  const origin = `http://${options.host}:${port}`;
  return {
    redirectUri: origin + options.path,
    expect: (state) =>
      new Promise((resolve) => {
        awaited = { state };
        accept = resolve;
      }),
    rejections: () => [...rejections],
    close,
  };
}
