import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Header } from '../trace/schema.ts';

/** Decoded bytes of a body that a step may read; the rest is counted and hashed only. */
const READING_LIMIT = 8 * 1024 * 1024;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Takes the bytes of one body as they come. */
export interface BodyReader {
  /** False when the sender should wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  /** Resolves when everything written is decoded. */
  end(): Promise<void>;
  /** What is there now, also when the body broke off. */
  body(): Body | null;
  /** The text a step reads, up to the reading limit. */
  text(): { readonly text: string; readonly truncated: boolean };
}

/** Decodes, counts, hashes and caps a body. `keep` bytes of it are recorded. */
export function createBodyReader(
  headers: readonly Header[],
  keep: number,
  on: {
    readonly text?: ((text: string) => void) | undefined;
    readonly drain: () => void;
    readonly error: (error: Error) => void;
  },
): BodyReader {
  const type = mediaType(headerValue(headers, 'content-type'));
  const hash = createHash('sha256');
  const characters = on.text && new StringDecoder('utf8');
  const chunks: Buffer[] = [];
  let kept = 0;
  let size = 0;

  const take = (chunk: Buffer): void => {
    size += chunk.length;
    hash.update(chunk);
    const room = (characters ? keep : Math.max(keep, READING_LIMIT)) - kept;
    if (room > 0) {
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      kept += Math.min(room, chunk.length);
    }
    if (characters) on.text?.(characters.write(chunk));
  };

  const decoder = decoderOf(headers);
  const decoded = decoder && drainInto(decoder, take, on);
  let digest: string | undefined;
  return {
    write: (chunk) => {
      if (decoder) return decoder.write(chunk);
      take(chunk);
      return true;
    },
    end: async () => {
      decoder?.end();
      await decoded;
    },
    body: () => {
      if (size === 0) return null;
      digest ??= hash.copy().digest('hex');
      return recordBody(Buffer.concat(chunks), type, size, keep, digest);
    },
    text: () => ({ text: Buffer.concat(chunks).toString('utf8'), truncated: size > kept }),
  };
}

/** A body as the trace holds it: text where it is UTF-8, else base64, cut to `keep` bytes. */
export function recordBody(
  bytes: Buffer,
  type: string,
  size: number,
  keep: number,
  sha256: string,
): Body {
  const cut = bytes.length > keep ? bytes.subarray(0, keep) : bytes;
  const whole = size <= cut.length;
  const readable = whole ? cut : withoutBrokenTail(cut);
  return {
    media_type: type,
    size,
    sha256,
    ...(isUtf8(readable)
      ? { text: readable.toString('utf8') }
      : { base64: cut.toString('base64') }),
    ...(!whole && { truncated: true }),
  };
}

/** Leaves out the first bytes of a character that the cap cut in two. */
function withoutBrokenTail(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return byte >= 0xc0 ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

function decoderOf(headers: readonly Header[]): Transform | undefined {
  const encoding = headerValue(headers, 'content-encoding')?.trim().toLowerCase();
  return encoding ? DECODERS[encoding]?.() : undefined;
}

function drainInto(
  decoder: Transform,
  take: (chunk: Buffer) => void,
  on: { readonly drain: () => void; readonly error: (error: Error) => void },
): Promise<void> {
  decoder.on('data', take);
  decoder.on('drain', on.drain);
  return new Promise((resolve) => {
    decoder.once('end', resolve);
    decoder.once('error', (error) => {
      on.error(error);
      resolve();
    });
  });
}
