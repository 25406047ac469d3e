import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Header } from '../trace/schema.ts';
import { type BodyReader, createBodyReader } from './body-reader.ts';
import { addressOf, CertificateError, factsOf, tlsOf } from './connection.ts';
import { Abort, failureOf, type Phase } from './failure.ts';
import type { HttpRequest } from './http.ts';
import { type Draft, milliseconds, type Recorder } from './recorder.ts';

/** Interim answers after which a server is no longer believed to have a final one. */
const MOST_INTERIM_ANSWERS = 32;

/** Decoded bytes after which a body is given up: far above any real one. */
const LARGEST_BODY = 4 * 1024 ** 3;

/** Milliseconds that a server has to end a body of which enough was read. */
const GRACE_MS = 200;

/** Ends an exchange on purpose: what was wanted of the body is there. */
const ENOUGH = new Abort('ABORTED', 'enough was read');

/** The end of one dispatch: the body as a step reads it, or the error that broke it. */
export type Settled =
  | { readonly kind: 'answered'; readonly text: string; readonly truncated: boolean }
  | { readonly kind: 'broken'; readonly error: unknown };

/** What one dispatch is watched for. */
export interface Watch {
  readonly draft: Draft;
  /** Absent for an exchange that stays out of the log. */
  readonly recorder: Recorder | undefined;
  /** Bytes of a body that are recorded. */
  readonly keep: number;
  readonly readAs: HttpRequest['readAs'];
  readonly settle: (settled: Settled) => void;
}

/** A dispatch handler that can be called off. */
export interface RecordingHandler extends Dispatcher.DispatchHandler {
  abort(reason: Error): void;
}

/**
 * undici publishes the header block as sent, with its socket, within the same turn in which it
 * tells the handler that the request starts: whoever started last is the one whose headers follow.
 */
let starting: ((block: string, socket: Socket) => void) | undefined;
subscribe('undici:client:sendHeaders', (message) => {
  // The channel's documented message.
  const { headers, socket } = message as { headers: string; socket: Socket };
  starting?.(headers, socket);
  starting = undefined;
});

const used = new WeakSet<Socket>();

/** Watches one dispatch: fills the draft as the exchange goes on and finishes it at its end. */
export function recordingHandler({
  draft,
  recorder,
  keep,
  readAs,
  settle,
}: Watch): RecordingHandler {
  const began = performance.now();
  let sent = began;
  let answered: number | undefined;
  let phase: Phase = 'connect';
  let controller: Dispatcher.DispatchController | undefined;
  let reader: BodyReader | undefined;
  let calledOff: Error | undefined;
  let leaving: NodeJS.Timeout | undefined;
  let interim = 0;
  let settled = false;
  let received = 0;

  const onSent = (block: string, socket: Socket): void => {
    sent = performance.now();
    draft.request = { ...draft.request, headers: sentHeaders(block, draft.request.body?.size) };
    const reused = used.has(socket);
    used.add(socket);
    const made = reused ? undefined : factsOf(socket);
    draft.timing = { ...draft.timing, ...(made && roundAll(made)) };
    draft.connection = {
      ...draft.connection,
      remote_address: addressOf(socket),
      http_version: '1.1',
      ...(reused && { reused }),
      tls: tlsOf(socket),
    };
  };

  const finish = (error?: unknown): void => {
    if (settled) return;
    settled = true;
    clearTimeout(leaving);
    const ended = performance.now();
    draft.timing = {
      ...draft.timing,
      wait_ms: milliseconds((answered ?? ended) - sent),
      receive_ms: milliseconds(answered === undefined ? 0 : ended - answered),
      total_ms: milliseconds(ended - began),
    };
    if (draft.response) draft.response = { ...draft.response, body: reader?.body() ?? null };
    const broken = error !== undefined && error !== ENOUGH;
    if (broken) draft.failure = failureOf(error, phaseOf(error, phase));
    if (error instanceof CertificateError) {
      const { remoteAddress, tls } = error;
      draft.connection = { ...draft.connection, remote_address: remoteAddress, tls };
    }
    recorder?.finish(draft);
    settle(
      broken
        ? { kind: 'broken', error }
        : { kind: 'answered', ...(reader?.text() ?? { text: '', truncated: false }) },
    );
  };

  const abort = (reason: Error): void => {
    calledOff ??= reason;
    // Without a controller the connection is still being made: do not wait for it.
    if (controller) controller.abort(reason);
    else finish(reason);
  };

  const leaveSoon = (): void => {
    leaving ??= setTimeout(() => abort(ENOUGH), GRACE_MS);
  };

  return {
    abort,
    onRequestStart: (started) => {
      controller = started;
      if (calledOff) return started.abort(calledOff);
      phase = 'wait';
      starting = onSent;
    },
    onResponseStart: (current, status) => {
      if (status < 200) {
        interim += 1;
        if (interim > MOST_INTERIM_ANSWERS)
          abort(new Abort('TOO_MANY_1XX', `more than ${MOST_INTERIM_ANSWERS} interim answers`));
        return;
      }
      answered = performance.now();
      phase = 'receive';
      const headers = headerPairs(current.rawHeaders);
      draft.response = { status, headers, body: null };
      const read = readAs?.(headers);
      reader = createBodyReader(headers, keep, {
        text: read && ((text) => read(text) === 'done' && leaveSoon()),
        drain: () => current.resume(),
        error: abort,
      });
    },
    onResponseData: (current, chunk) => {
      received += chunk.length;
      if (received > LARGEST_BODY)
        return abort(new Abort('BODY_TOO_LARGE', `the body is larger than ${LARGEST_BODY} bytes`));
      if (reader && !reader.write(chunk)) current.pause();
    },
    onResponseEnd: () => {
      if (!reader) return finish();
      reader.end().then(() => finish(calledOff), finish);
    },
    onResponseError: (_, error) => finish(calledOff ?? error),
  };
}

function roundAll(facts: NonNullable<ReturnType<typeof factsOf>>): typeof facts {
  const { dns_ms, connect_ms, tls_ms } = facts;
  return {
    dns_ms: milliseconds(dns_ms),
    connect_ms: milliseconds(connect_ms),
    tls_ms: milliseconds(tls_ms),
  };
}

function phaseOf(error: unknown, phase: Phase): Phase {
  if (error instanceof CertificateError) return 'tls';
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  return phase === 'connect' && /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) ? 'tls' : phase;
}

/** Header pairs of the block as sent; the connection adds `content-length` after publishing it. */
function sentHeaders(block: string, bodySize: number | undefined): readonly Header[] {
  const lines = block.split('\r\n').slice(1);
  const pairs = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trimStart()]] : [];
  });
  return bodySize === undefined ? pairs : [...pairs, ['content-length', String(bodySize)]];
}

function headerPairs(raw: Dispatcher.DispatchController['rawHeaders']): readonly Header[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
  return texts.flatMap((name, index): Header[] =>
    index % 2 === 0 ? [[name, texts[index + 1] ?? '']] : [],
  );
}
