import { isAscii, isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Header } from '../trace/schema.ts';

/** The beginning of a body, and what is known of all of it. */
export interface SeenBody {
  readonly type: string;
  readonly bytes: Buffer;
  readonly size: number;
  readonly sha256: string;
}

/** A body as the trace holds it: text where it is UTF-8, else base64, cut to `keep` bytes. */
export function recordBody({ type, bytes, size, sha256 }: SeenBody, keep: number): Body {
  const cut = bytes.subarray(0, keep);
  const whole = size <= cut.length;
  const readable = whole ? cut : withoutBrokenTail(cut);
  return {
    media_type: type,
    size,
    sha256,
    ...(isUtf8(readable) ? { text: decodeText(readable) } : { base64: cut.toString('base64') }),
    ...(!whole && { truncated: true }),
  };
}

/** A body that is there in full; null for an empty one. */
export function recordWhole(bytes: Buffer, headers: readonly Header[]): Body | null {
  if (bytes.length === 0) return null;
  const type = mediaType(headerValue(headers, 'content-type'));
  const sha256 = hash('sha256', bytes);
  return recordBody({ type, bytes, size: bytes.length, sha256 }, bytes.length);
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

/** UTF-8 as text. Most of it is ASCII, which read as Latin-1 is the same, many times as fast. */
export function decodeText(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
