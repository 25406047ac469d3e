/** Rewriting what bytes say: a body may be packed without saying so, or be UTF-16 or Latin-1. */
import { isUtf8 } from 'node:buffer';
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  constants as zlib,
} from 'node:zlib';

/** Bytes that may still be unpacked; a small body can unpack to a huge one. */
export interface Allowance {
  left: number;
}

/** What the packed bodies of a whole trace may unpack to. */
export function fullAllowance(): Allowance {
  return { left: 2 * 1024 * 1024 };
}

/** Packed in packed: more levels only serve to hide something. */
const DEEPEST = 3;

/**
 * The bytes with each text that they may be rewritten; the very same where nothing changes, undefined
 * where they cannot be looked into.
 */
export function rewriteBytes(
  bytes: Buffer,
  rewrite: (text: string) => string,
  allowance: Allowance,
  depth = 0,
): Buffer | undefined {
  let current = bytes;
  for (const { unpack, pack, isSure } of PACKINGS) {
    if (!isSure && depth > 0) continue;
    const inside = unpacked(current, unpack, allowance);
    if (inside === undefined) continue;
    if (inside === 'too-large' || depth >= DEEPEST) return undefined;
    const rewritten = rewriteBytes(inside, rewrite, allowance, depth + 1);
    if (!rewritten) return undefined;
    if (rewritten !== inside) current = pack(rewritten);
  }
  for (const { read, write } of WIDE) {
    const text = read(current);
    if (text !== undefined) current = changed(current, text, rewrite, write);
  }
  const length = lengthOfUtf8(current);
  return length === undefined
    ? changed(current, current.toString('latin1'), rewrite, (text) => Buffer.from(text, 'latin1'))
    : changed(current, current.toString('utf8', 0, length), rewrite, (text) => Buffer.from(text));
}

function changed(
  bytes: Buffer,
  text: string,
  rewrite: (text: string) => string,
  write: (text: string) => Buffer,
): Buffer {
  const rewritten = rewrite(text);
  return rewritten === text ? bytes : write(rewritten);
}

/** Length of the UTF-8 without a character that was cut in two; undefined for other bytes. */
function lengthOfUtf8(bytes: Buffer): number | undefined {
  return [0, 1, 2, 3]
    .map((cut) => bytes.length - cut)
    .find((length) => length >= 0 && isUtf8(bytes.subarray(0, length)));
}

interface Packing {
  readonly unpack: (bytes: Buffer, limits: object) => Buffer;
  readonly pack: (bytes: Buffer) => Buffer;
  /** True for one that is known by its first bytes: others may seem to fit what is not packed. */
  readonly isSure: boolean;
}

const PACKINGS: readonly Packing[] = [
  { unpack: gunzipSync, pack: (bytes) => gzipSync(bytes), isSure: true },
  { unpack: inflateSync, pack: (bytes) => deflateSync(bytes), isSure: true },
  {
    unpack: (bytes, limits) =>
      brotliDecompressSync(bytes, { ...limits, finishFlush: zlib.BROTLI_OPERATION_FLUSH }),
    pack: (bytes) => brotliCompressSync(bytes),
    isSure: false,
  },
];

/** More is no answer that anybody reads. */
const LARGEST = 1024 * 1024;

/** What is packed, as far as it goes where it was cut; undefined where nothing is. */
function unpacked(
  bytes: Buffer,
  unpack: Packing['unpack'],
  allowance: Allowance,
): Buffer | 'too-large' | undefined {
  try {
    const inside = unpack(bytes, {
      finishFlush: zlib.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(1, Math.min(LARGEST, allowance.left)),
    });
    allowance.left -= inside.length;
    return inside.length > 0 ? inside : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : undefined;
  }
}

/** A text of two bytes each. */
interface Wide {
  /** Undefined for bytes that are none, by the mark or by the zero beside the first character. */
  readonly read: (bytes: Buffer) => string | undefined;
  readonly write: (text: string) => Buffer;
}

const LITTLE_ENDIAN: Wide = {
  read: (bytes) => {
    const [first = 0, second = 0] = bytes;
    const isWide = (first === 0xff && second === 0xfe) || (first > 0 && second === 0);
    return isWide ? bytes.toString('utf16le') : undefined;
  },
  write: (text) => Buffer.from(text, 'utf16le'),
};

const WIDE: readonly Wide[] = [
  LITTLE_ENDIAN,
  {
    read: (bytes) => LITTLE_ENDIAN.read(swapped(bytes)),
    write: (text) => swapped(LITTLE_ENDIAN.write(text)),
  },
];

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}
