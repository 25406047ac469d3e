import { isAscii, isUtf8 } from 'node:buffer';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Header } from '../trace/schema.ts';
import { type Digest, digestOf } from './digest.ts';

/** The beginning of a body, and what is known of all of it. */
export interface SeenBody {
  readonly type: string;
  readonly bytes: Buffer;
  readonly size: number;
  readonly digest: Digest;
}

/** A body as the trace holds it: text where it is UTF-8, else base64, cut to `keep` bytes. */
export function recordBody({ type, bytes, size, digest }: SeenBody, keep: number): Body {
  const cut = bytes.subarray(0, keep);
  const whole = size <= cut.length;
  const readable = whole ? cut : withoutBrokenTail(cut);
  return {
    media_type: type,
    size,
    get sha256() {
      return digest();
    },
    ...(isUtf8(readable) ? { text: decodeText(readable) } : { base64: cut.toString('base64') }),
    ...(!whole && { truncated: true }),
  };
}

/** A body that is there in full; null for an empty one. */
export function recordWhole(bytes: Buffer, headers: readonly Header[]): Body | null {
  if (bytes.length === 0) return null;
  const type = mediaType(headerValue(headers, 'content-type'));
  const digest = digestOf(bytes);
  return recordBody({ type, bytes, size: bytes.length, digest }, bytes.length);
}

/** Leaves out the first bytes of a character that the cap cut in two. */
function withoutBrokenTail(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return lengthOf(byte) > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** Bytes of the character that begins with this one. */
function lengthOf(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** UTF-8 as text, ASCII many times as fast. */
function decodeText(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
