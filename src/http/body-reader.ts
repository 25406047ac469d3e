import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Header } from '../trace/schema.ts';
import { decoderFor } from './decoder.ts';
import { Breakdown } from './failure.ts';
import { keepBytes } from './kept-bytes.ts';
import { recordBody } from './recorded-body.ts';

/** Decoded bytes of a body that a step may read; the rest is counted and hashed only. */
const READING_LIMIT = 8 * 1024 * 1024;

/** Bytes after which a body is given up: far above any real one. */
const LARGEST_BODY = 4 * 1024 ** 3;

/** The same for what comes out of a decoder: a few kilobytes can become gigabytes there. */
const LARGEST_DECODED_BODY = 256 * 1024 ** 2;

/** Takes the bytes of one body as they come. */
export interface BodyReader {
  /** False when the sender should wait for `drain`. */
  write(chunk: Buffer): boolean;
  /** Resolves when everything written so far is decoded. */
  written(): Promise<void>;
  /** Says that this was all. Resolves when it is decoded. */
  end(): Promise<void>;
  /** Leaves undecoded what has not been decoded yet. */
  stop(): void;
  /** What is there now, also when the body broke off; null when nothing came. */
  body(): Body | null;
  /** The text a step reads, up to the reading limit. */
  text(): { readonly text: string; readonly truncated: boolean };
}

/** What a body reader reports. */
export interface BodyEvents {
  /** Receives the text as it comes; then no more of it is kept than is recorded. */
  readonly text?: ((text: string) => void) | undefined;
  readonly drain: () => void;
  readonly error: (error: Error) => void;
}

/** Decodes, counts, hashes and caps a body. `keep` bytes of it are recorded. */
export function createBodyReader(
  headers: readonly Header[],
  keep: number,
  on: BodyEvents,
): BodyReader {
  const hash = createHash('sha256');
  const characters = new StringDecoder('utf8');
  const kept = keepBytes(on.text ? keep : Math.max(keep, READING_LIMIT));
  let size = 0;
  let decoding: Decoding | undefined;

  const take = (chunk: Buffer): void => {
    size += chunk.length;
    const most = decoding ? LARGEST_DECODED_BODY : LARGEST_BODY;
    if (size > most) on.error(new Breakdown('BODY_TOO_LARGE', `more than ${most} bytes of body`));
    hash.update(chunk);
    kept.add(chunk);
    on.text?.(characters.write(chunk));
  };

  return {
    write: (chunk) => {
      const decoder = size === 0 && !decoding ? decoderFor(headers, chunk) : undefined;
      if (decoder) decoding = decode(decoder, take, on);
      if (decoding) return decoding.decoder.write(chunk);
      take(chunk);
      return true;
    },
    written: () =>
      new Promise((resolve) => {
        if (decoding) decoding.decoder.write(Buffer.alloc(0), () => resolve());
        else resolve();
      }),
    end: async () => {
      decoding?.decoder.end();
      await decoding?.ended;
    },
    stop: () => void decoding?.decoder.destroy(),
    body: () => {
      if (size === 0) return null;
      const type = mediaType(headerValue(headers, 'content-type'));
      const sha256 = hash.copy().digest('hex');
      return recordBody({ type, bytes: kept.bytes(), size, sha256 }, keep);
    },
    text: () => ({
      // Without the byte order mark, which JSON.parse does not like and fetch leaves out.
      text: new TextDecoder().decode(kept.bytes()),
      truncated: size > kept.bytes().length,
    }),
  };
}

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
