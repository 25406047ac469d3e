import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Body, Header } from '../trace/schema.ts';
import { ConnectionError, factsOf } from './connector.ts';
import { failureOf, type Phase } from './failure.ts';
import { type Draft, milliseconds, type Recorder } from './recorder.ts';

/** Writes one exchange down while it happens. */
export interface ExchangeRecord {
  /** The connection is there: the request goes out within this turn. */
  starting(): void;
  answered(status: number, headers: readonly Header[]): void;
  /** Freezes the exchange. */
  finish(body: Body | null, error?: unknown): void;
}

/**
 * undici publishes the header block as sent, with its socket, within the same turn in which it
 * tells the handler that the request starts: whoever started last is the one whose headers follow.
 */
let awaiting: ((block: string, socket: Socket) => void) | undefined;
subscribe('undici:client:sendHeaders', (message) => {
  // The channel's documented message.
  const { headers, socket } = message as { headers: string; socket: Socket };
  awaiting?.(headers, socket);
  awaiting = undefined;
});

const used = new WeakSet<Socket>();

/** Begins the record of an exchange; without a recorder it stays out of the log. */
export function recordExchange(draft: Draft, recorder: Recorder | undefined): ExchangeRecord {
  const began = performance.now();
  let sent: number | undefined;
  let answered: number | undefined;
  let phase: Phase = 'connect';

  const onSent = (block: string, socket: Socket): void => {
    sent = performance.now();
    draft.request = { ...draft.request, headers: sentHeaders(block, draft.request) };
    const reused = used.has(socket);
    used.add(socket);
    const facts = factsOf(socket);
    if (!reused) draft.timing = { ...draft.timing, ...facts?.times };
    draft.connection = {
      ...draft.connection,
      ...facts?.connection,
      http_version: '1.1',
      ...(reused && { reused }),
    };
  };

  return {
    starting: () => {
      phase = 'wait';
      awaiting = onSent;
    },
    answered: (status, headers) => {
      answered = performance.now();
      phase = 'receive';
      draft.response = { status, headers, body: null };
    },
    finish: (body, error) => {
      const ended = performance.now();
      const made = error instanceof ConnectionError ? error : undefined;
      draft.timing = {
        ...draft.timing,
        ...made?.facts.times,
        wait_ms: milliseconds(sent === undefined ? 0 : (answered ?? ended) - sent),
        receive_ms: milliseconds(answered === undefined ? 0 : ended - answered),
        total_ms: milliseconds(ended - began),
      };
      if (made) draft.connection = { ...draft.connection, ...made.facts.connection };
      if (draft.response) draft.response = { ...draft.response, body };
      if (error !== undefined) draft.failure = failureOf(error, made?.phase ?? phase);
      recorder?.finish(draft);
    },
  };
}

/** Header pairs of the block as sent; the connection adds `content-length` after publishing it. */
function sentHeaders(block: string, { method, body }: Draft['request']): readonly Header[] {
  const lines = block.split('\r\n').slice(1);
  const pairs = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trimStart()]] : [];
  });
  const length = body?.size ?? (PAYLOAD_METHODS.has(method) ? 0 : undefined);
  return length === undefined ? pairs : [...pairs, ['content-length', String(length)]];
}

/** Methods of which undici says that no body came along. */
const PAYLOAD_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
