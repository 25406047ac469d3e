/** What bytes may say: a body may be packed without saying so, or be UTF-16. */
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

/** A way to read bytes as text, and to write another text in its place. */
export interface Reading {
  /** Undefined for bytes that are nothing of this kind. */
  readonly read: (bytes: Buffer) => string | undefined;
  readonly write: (text: string) => Buffer;
}

/** UTF-16 by its mark, else by the zero beside the first character of what is written in ASCII. */
const LITTLE_ENDIAN: Reading = {
  read: (bytes) => {
    const [first = 0, second = 0] = bytes;
    const isWide = (first === 0xff && second === 0xfe) || (first > 0 && second === 0);
    return isWide ? bytes.toString('utf16le') : undefined;
  },
  write: (text) => Buffer.from(text, 'utf16le'),
};

const BIG_ENDIAN: Reading = {
  read: (bytes) => LITTLE_ENDIAN.read(swapped(bytes)),
  write: (text) => swapped(LITTLE_ENDIAN.write(text)),
};

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

/** More than that is no answer that anybody reads. */
const LARGEST = 16 * 1024 * 1024;

/** A body that was cut is read as far as it goes. */
const PACKED = { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: LARGEST };
const BROTLI = { finishFlush: zlib.BROTLI_OPERATION_FLUSH, maxOutputLength: LARGEST };

function packed(unpack: (bytes: Buffer) => Buffer, pack: (text: string) => Buffer): Reading {
  return {
    read: (bytes) => {
      try {
        const inside = unpack(bytes);
        return isUtf8(inside) ? inside.toString() : undefined;
      } catch {
        return undefined;
      }
    },
    write: pack,
  };
}

/** The ways in which a server may write a text, one beside the other; byte for byte comes last. */
export const READINGS: readonly Reading[] = [
  LITTLE_ENDIAN,
  BIG_ENDIAN,
  packed((bytes) => gunzipSync(bytes, PACKED), gzipSync),
  packed((bytes) => inflateSync(bytes, PACKED), deflateSync),
  packed((bytes) => brotliDecompressSync(bytes, BROTLI), brotliCompressSync),
  { read: (bytes) => bytes.toString('latin1'), write: (text) => Buffer.from(text, 'latin1') },
];

/** Every text that bytes may be. */
export function textsIn(bytes: Buffer): readonly string[] {
  return READINGS.flatMap(({ read }) => read(bytes) ?? []);
}
