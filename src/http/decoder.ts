import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { headerValue } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';

const DECODERS: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // Some servers send deflate without the zlib wrapper that the name stands for.
  deflate: (first) => (isWrapped(first) ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
};

/**
 * The decoder of a body's content-encoding, chosen by its first bytes; undefined where none is needed
 * or none is known.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
 */
export function decoderFor(headers: readonly Header[], first: Buffer): Transform | undefined {
  const encoding = headerValue(headers, 'content-encoding')?.trim().toLowerCase() ?? '';
  return Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.(first) : undefined;
}

/** The low half of a zlib header's first byte names its method, and 8 is the only one. */
function isWrapped(first: Buffer): boolean {
  return ((first[0] ?? 0) & 0x0f) === 8;
}
