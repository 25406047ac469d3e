/** The first bytes of a stream. */
export interface KeptBytes {
  add(chunk: Buffer): void;
  bytes(): Buffer;
}

/**
 * Keeps up to `limit` bytes in one block that grows, so that a chunk of one byte costs one byte.
 * @param expected bytes to make room for at once: what the sender announced, true or not
 */
export function keepBytes(limit: number, expected = 0): KeptBytes {
  let block: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    add: (chunk) => {
      const taken = Math.min(chunk.length, limit - length);
      if (taken === 0) return;
      if (length + taken > block.length) {
        const grown = Buffer.allocUnsafe(
          Math.min(limit, Math.max(length + taken, 2 * length, expected)),
        );
        block.copy(grown, 0, 0, length);
        block = grown;
      }
      chunk.copy(block, length, 0, taken);
      length += taken;
    },
    bytes: () => block.subarray(0, length),
  };
}
