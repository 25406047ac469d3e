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

/** Keeps up to `limit` bytes: large chunks as they are, and the small ones between them in one block. */
export function keepBytes(limit: number): KeptBytes {
  const full: Buffer[] = [];
  let open = new Block(limit);
  let left = limit;
  const parts = (): Buffer[] => (open.length === 0 ? full : [...full, open.bytes()]);
  const bytes = (): Buffer => {
    const all = parts();
    return all.length === 1 && all[0] ? all[0] : Buffer.concat(all);
  };
  return {
    add: (chunk) => {
      const taken = chunk.subarray(0, left);
      left -= taken.length;
      if (isWorthKeeping(taken)) {
        full.push(open.bytes(), taken);
        open = new Block(left);
      } else open.append(taken);
    },
    bytes,
    // ASCII, which most text is, read as Latin-1 is the same, many times as fast.
    text: () =>
      parts().every(isAscii)
        ? parts().reduce((text, part) => text + part.toString('latin1'), '')
        : bytes()
            .toString()
            .replace(/^\uFEFF/, ''),
  };
}

/** A view of little of its memory would hold all of it. */
function isWorthKeeping(chunk: Buffer): boolean {
  return chunk.length >= LARGE && 2 * chunk.length >= chunk.buffer.byteLength;
}

/** Bytes that are copied together, so that a chunk of one byte costs one byte. */
class Block {
  readonly #limit: number;
  #bytes: Buffer = Buffer.alloc(0);
  length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  append(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (length > this.#bytes.length)
      this.#grow(Math.min(this.#limit, Math.max(length, 2 * this.length)));
    chunk.copy(this.#bytes, this.length);
    this.length = length;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(size: number): void {
    const grown = Buffer.allocUnsafe(size);
    this.bytes().copy(grown);
    this.#bytes = grown;
  }
}
