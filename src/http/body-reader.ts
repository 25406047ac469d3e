import { createHash, type Hash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Header } from '../trace/schema.ts';
import { decoderFor } from './decoder.ts';
import { digestOf } from './digest.ts';
import { Breakdown } from './failure.ts';
import { type KeptBytes, keepBytes } from './kept-bytes.ts';
import { recordBody } from './recorded-body.ts';

/** Decoded bytes of a body that a step may read; the rest is counted and hashed only. */
const READING_LIMIT = 8 * 1024 * 1024;

/** Bytes after which a body is given up: far above any real one. */
const LARGEST_BODY = 4 * 1024 ** 3;

/** The same for what comes out of a decoder: a few kilobytes can become gigabytes there. */
const LARGEST_DECODED_BODY = 256 * 1024 ** 2;

/** What a body reader reports. */
export interface BodyEvents {
  /** Receives the text as it comes; then no more of it is kept than is recorded. */
  readonly text?: ((text: string) => void) | undefined;
  readonly drain: () => void;
  readonly error: (error: Error) => void;
}

/** Decodes, counts, hashes and caps one body as its bytes come. */
export class BodyReader {
  readonly #headers: readonly Header[];
  readonly #keep: number;
  readonly #limit: number;
  readonly #on: BodyEvents;
  readonly #characters = new StringDecoder('utf8');
  readonly #kept: KeptBytes;
  #size = 0;
  #hash: Hash | undefined;
  #decoding: Decoding | undefined;

  /** `keep` bytes of the body are recorded. */
  constructor(headers: readonly Header[], keep: number, on: BodyEvents) {
    this.#headers = headers;
    this.#keep = keep;
    this.#on = on;
    this.#limit = on.text ? keep : Math.max(keep, READING_LIMIT);
    this.#kept = keepBytes(this.#limit);
  }

  /** False when the sender should wait for `drain`. */
  write(chunk: Buffer): boolean {
    const isFirst = this.#size === 0 && !this.#decoding;
    const decoder = isFirst ? decoderFor(this.#headers, chunk) : undefined;
    if (decoder) this.#decoding = decode(decoder, (decoded) => this.#take(decoded), this.#on);
    if (this.#decoding) return this.#decoding.decoder.write(chunk);
    this.#take(chunk);
    return true;
  }

  /** Resolves when everything written so far is decoded. */
  async written(): Promise<void> {
    const decoder = this.#decoding?.decoder;
    if (decoder) await new Promise<void>((resolve) => decoder.write(NOTHING, () => resolve()));
  }

  /** Says that this was all. Resolves when it is decoded. */
  async end(): Promise<void> {
    this.#decoding?.decoder.end();
    await this.#decoding?.ended;
  }

  /** Leaves undecoded what has not been decoded yet. */
  stop(): void {
    this.#decoding?.decoder.destroy();
  }

  /** What is there now, also when the body broke off; null when nothing came. */
  body(): Body | null {
    if (this.#size === 0) return null;
    const type = mediaType(headerValue(this.#headers, 'content-type'));
    const bytes = this.#kept.bytes();
    const sha256 = this.#hash?.copy().digest('hex');
    const digest = sha256 === undefined ? digestOf(bytes) : () => sha256;
    return recordBody({ type, bytes, size: this.#size, digest }, this.#keep);
  }

  /** The text a step reads, up to the reading limit. */
  text(): { readonly text: string; readonly truncated: boolean } {
    return { text: this.#kept.text(), truncated: this.#size > this.#limit };
  }

  #take(chunk: Buffer): void {
    this.#size += chunk.length;
    const most = this.#decoding ? LARGEST_DECODED_BODY : LARGEST_BODY;
    if (this.#size > most)
      this.#on.error(new Breakdown('BODY_TOO_LARGE', `more than ${most} bytes of body`));
    this.#hashBeyond(chunk);
    this.#kept.add(chunk);
    this.#on.text?.(this.#characters.write(chunk));
  }

  /** Most bodies are kept whole, and hashed whole in the end; this is for the others. */
  #hashBeyond(chunk: Buffer): void {
    if (this.#size <= this.#limit) return;
    this.#hash ??= createHash('sha256').update(this.#kept.bytes());
    this.#hash.update(chunk);
  }
}

const NOTHING = Buffer.alloc(0);

interface Decoding {
  readonly decoder: Transform;
  readonly ended: Promise<void>;
}

function decode(decoder: Transform, take: (chunk: Buffer) => void, on: BodyEvents): Decoding {
  decoder.on('data', take);
  decoder.on('drain', on.drain);
  const ended = new Promise<void>((resolve) => {
    decoder.once('close', resolve);
    decoder.once('end', resolve);
    decoder.on('error', on.error);
  });
  return { decoder, ended };
}
