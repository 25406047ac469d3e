import type { Dispatcher } from 'undici';
import type { Header } from '../trace/schema.ts';
import { hold, release } from './backpressure.ts';
import { BodyReader } from './body-reader.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import { Breakdown } from './failure.ts';
import type { HttpRequest, TextReader } from './http.ts';

/** Interim answers after which a server is no longer believed to have a final one. */
const MOST_INTERIM_ANSWERS = 32;

/** Milliseconds that a server has to end a body of which enough was read. */
const GRACE_MS = 200;

/** Ends an exchange on purpose: what was wanted of the body is there. */
const ENOUGH = new Breakdown('ABORTED', 'enough was read');

/** The end of one dispatch. */
export type Settled =
  | { readonly kind: 'answered'; readonly text: string; readonly truncated: boolean }
  | { readonly kind: 'broken'; readonly error: unknown }
  /** Somebody who watches threw: a defect of ours, not of the exchange. */
  | { readonly kind: 'crashed'; readonly error: unknown };

/** What one dispatch is watched for. */
export interface Watch {
  readonly record: ExchangeRecord;
  /** Bytes of a body that are recorded. */
  readonly keep: number;
  readonly readAs: HttpRequest['readAs'];
  readonly settle: (settled: Settled) => void;
}

type Controller = Dispatcher.DispatchController;

/** Watches one dispatch and settles it once, whatever undici says afterwards. */
export class RecordingHandler implements Dispatcher.DispatchHandler {
  readonly #watch: Watch;
  #controller: Controller | undefined;
  #reader: BodyReader | undefined;
  #leaving: NodeJS.Timeout | undefined;
  #interim = 0;
  #settled = false;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Ends the exchange at once, wherever it stands. */
  abort(reason: Error): void {
    this.#end(reason);
    this.#controller?.abort(reason);
  }

  /** Ends the exchange at once; what came so far is its answer. */
  leave(): void {
    this.abort(this.#reader ? ENOUGH : new Breakdown('ABORTED', 'left before an answer came'));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(ENOUGH);
    else this.#watch.record.starting();
  }

  onResponseStart(controller: Controller, status: number): void {
    if (status < 200) {
      this.#countInterim();
      return;
    }
    const { record, readAs, keep } = this.#watch;
    const headers = headerPairs(controller.rawHeaders);
    record.answered(status, headers);
    const read = readAs?.(headers);
    const take = read && ((text: string) => this.#obey(read(text)));
    this.#reader = new BodyReader(headers, keep, {
      text: take,
      drain: () => this.#release(),
      error: (error) => this.abort(error),
    });
    take?.('');
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    const { socket } = this.#watch.record;
    if (this.#reader && !this.#reader.write(chunk) && socket && !this.#settled) hold(socket);
  }

  onResponseEnd(): void {
    // Errors of the decoder have ended the exchange before this resolves.
    const decoded = this.#reader?.end() ?? Promise.resolve();
    // The connection is free again one turn later; a request sent before would open another one.
    decoded.then(() => setImmediate(() => this.#end()));
  }

  onResponseError(_: Controller, error: Error): void {
    if (this.#settled) return;
    // What came before the connection broke still has to be decoded.
    const decoded = this.#reader?.written() ?? Promise.resolve();
    decoded.then(() => this.#end(error));
  }

  #countInterim(): void {
    this.#interim += 1;
    if (this.#interim > MOST_INTERIM_ANSWERS)
      this.abort(
        new Breakdown('TOO_MANY_1XX', `more than ${MOST_INTERIM_ANSWERS} interim answers`),
      );
  }

  #release(): void {
    const { socket } = this.#watch.record;
    if (socket) release(socket);
  }

  #obey(wish: ReturnType<TextReader>): void {
    if (wish === 'done') this.#leaving ??= setTimeout(() => this.abort(ENOUGH), GRACE_MS);
    if (wish === 'too-long')
      this.abort(new Breakdown('BODY_TOO_LARGE', 'the stream goes on without the awaited answer'));
  }

  #end(reason?: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#release();
    clearTimeout(this.#leaving);
    this.#reader?.stop();
    const { record, settle } = this.#watch;
    const error = reason === ENOUGH ? undefined : reason;
    try {
      record.finish(this.#reader?.body() ?? null, error);
      settle(error === undefined ? this.#answered() : { kind: 'broken', error });
    } catch (defect) {
      settle({ kind: 'crashed', error: defect });
    }
  }

  #answered(): Settled {
    const { text, truncated } = this.#reader?.text() ?? { text: '', truncated: false };
    return { kind: 'answered', text, truncated };
  }
}

function headerPairs(raw: Controller['rawHeaders']): readonly Header[] {
  if (!Array.isArray(raw)) return [];
  const pairs: Header[] = [];
  for (let index = 0; index < raw.length; index += 2)
    pairs.push([headerText(raw[index]), headerText(raw[index + 1])]);
  return pairs;
}

function headerText(part: Buffer | string = ''): string {
  return typeof part === 'string' ? part : part.toString('latin1');
}
