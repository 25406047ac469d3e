import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Body, Header } from '../trace/schema.ts';
import { ConnectionError, factsOf, firstErrorOf } from './connector.ts';
import { failureOf, type Phase } from './failure.ts';
import { type Draft, milliseconds, type Recorder } from './recorder.ts';

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

/** What the second exchange on a connection says of it, and every later one. */
const reused = new WeakMap<Socket, Draft['connection']>();

/** Writes one exchange down while it happens. */
export class ExchangeRecord {
  readonly #draft: Draft;
  readonly #recorder: Recorder | undefined;
  readonly #began = performance.now();
  #sentAt: number | undefined;
  #answeredAt: number | undefined;
  #phase: Phase = 'connect';
  #socket: Socket | undefined;

  /** Without a recorder the exchange stays out of the log. */
  constructor(draft: Draft, recorder: Recorder | undefined) {
    this.#draft = draft;
    this.#recorder = recorder;
  }

  /** The connection is there: the request goes out within this turn. */
  starting(): void {
    this.#phase = 'wait';
    awaiting = (block, socket) => this.#sent(block, socket);
  }

  /** The connection that the exchange goes over, once the request was sent. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  answered(status: number, headers: readonly Header[]): void {
    this.#answeredAt = performance.now();
    this.#phase = 'receive';
    this.#draft.response = { status, headers, body: null };
  }

  /** Freezes the exchange. */
  finish(body: Body | null, error?: unknown): void {
    const draft = this.#draft;
    const unmade = error instanceof ConnectionError ? error : undefined;
    draft.timing = { ...draft.timing, ...unmade?.facts.times, ...this.#times() };
    if (unmade) draft.connection = { ...draft.connection, ...unmade.facts.connection };
    if (draft.response) draft.response = { ...draft.response, body };
    if (error !== undefined)
      draft.failure = failureOf(this.#causeOf(error), unmade?.phase ?? this.#phase);
    this.#recorder?.finish(draft);
  }

  /** A server that refuses the client's certificate says so and hangs up: the first is the reason. */
  #causeOf(error: unknown): unknown {
    const first = this.#socket && firstErrorOf(this.#socket);
    return first && failureOf(error, 'wait').code === 'CONNECTION_CLOSED' ? first : error;
  }

  #sent(block: string, socket: Socket): void {
    this.#sentAt = performance.now();
    this.#socket = socket;
    const draft = this.#draft;
    draft.request = { ...draft.request, headers: sentHeaders(block, draft.request) };
    const known = reused.get(socket);
    if (known) {
      draft.connection = known;
      return;
    }
    const facts = factsOf(socket);
    draft.timing = { ...draft.timing, ...facts?.times };
    draft.connection = { ...draft.connection, ...facts?.connection, http_version: '1.1' };
    reused.set(socket, { ...draft.connection, reused: true });
  }

  #times(): Pick<Draft['timing'], 'wait_ms' | 'receive_ms' | 'total_ms'> {
    const ended = performance.now();
    const answered = this.#answeredAt ?? ended;
    return {
      wait_ms: milliseconds(answered - (this.#sentAt ?? answered)),
      receive_ms: milliseconds(ended - answered),
      total_ms: milliseconds(ended - this.#began),
    };
  }
}

/** Header pairs of the block as sent; the connection adds `content-length` after publishing it. */
function sentHeaders(block: string, { method, body }: Draft['request']): readonly Header[] {
  const pairs: Header[] = [];
  for (const line of block.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) pairs.push([line.slice(0, colon), line.slice(colon + 1).trimStart()]);
  }
  const length = body?.size ?? (PAYLOAD_METHODS.has(method) ? 0 : undefined);
  if (length !== undefined) pairs.push(['content-length', String(length)]);
  return pairs;
}

/** Methods of which undici says that no body came along. */
const PAYLOAD_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
