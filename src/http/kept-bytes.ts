import { isAscii } from 'node:buffer';

/** The first bytes of a stream. */
export interface KeptBytes {
  add(chunk: Buffer): void;
  bytes(): Buffer;
  /** The bytes as UTF-8, without the byte order mark, which JSON.parse does not like. */
  text(): string;
}

/** Bytes from which on a chunk is kept as it came, and not copied. */
const LARGE = 4096;

/** Keeps up to `limit` bytes. Small chunks share a block that grows, so that one of a byte costs a byte. */
export function keepBytes(limit: number): KeptBytes {
  /** What is full, in order; behind it the block that is being filled. */
  const full: Buffer[] = [];
  let open: Buffer = NOTHING;
  let filled = 0;
  let length = 0;
  const parts = (): Buffer[] => (filled === 0 ? full : [...full, open.subarray(0, filled)]);
  const bytes = (): Buffer => {
    const [only = NOTHING, ...more] = parts();
    return more.length === 0 ? only : Buffer.concat([only, ...more], length);
  };
  const append = (chunk: Buffer): void => {
    if (filled + chunk.length > open.length) {
      const most = limit - length + filled;
      const grown = Buffer.allocUnsafe(Math.min(most, Math.max(filled + chunk.length, 2 * filled)));
      open.copy(grown, 0, 0, filled);
      open = grown;
    }
    chunk.copy(open, filled);
    filled += chunk.length;
  };
  return {
    add: (chunk) => {
      const taken = chunk.subarray(0, limit - length);
      if (isWorthKeeping(taken)) {
        full.push(...parts().slice(full.length), taken);
        open = NOTHING;
        filled = 0;
      } else append(taken);
      length += taken.length;
    },
    bytes,
    // ASCII, which most text is, read as Latin-1 is the same, many times as fast.
    text: () =>
      parts().every(isAscii)
        ? parts().reduce((text, part) => text + part.toString('latin1'), '')
        : bytes()
            .toString('utf8')
            .replace(/^\uFEFF/, ''),
  };
}

const NOTHING = Buffer.alloc(0);

/** A view of little of its memory would hold all of it. */
function isWorthKeeping(chunk: Buffer): boolean {
  return chunk.length >= LARGE && 2 * chunk.length >= chunk.buffer.byteLength;
}
