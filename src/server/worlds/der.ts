/** The few values of X.690's distinguished encoding that a certificate is made of. */

/** One encoded value: tag, length, content. */
export type Der = Buffer;

/** Values in the order given. */
export function sequence(...parts: readonly Der[]): Der {
  return encode(0x30, Buffer.concat(parts));
}

/** A set of one value; more would have to be sorted. */
export function setOf(part: Der): Der {
  return encode(0x31, part);
}

/** A whole number, from its big-endian bytes; never read as a negative one. */
export function integer(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.of(0) : Buffer.from(bytes.subarray(start));
  const isNegative = (digits[0] ?? 0) >= 0x80;
  return encode(0x02, isNegative ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** An object identifier in dotted form, `1.2.840.10045.4.3.2`. */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** The value true; false is left out wherever it is the default. */
export const TRUE: Der = Buffer.of(0x01, 0x01, 0xff);

/** Text. */
export function utf8(text: string): Der {
  return encode(0x0c, Buffer.from(text));
}

/** Bytes. */
export function octets(content: Uint8Array): Der {
  return encode(0x04, Buffer.from(content));
}

/** Bits, of which the last byte's lowest `unused` ones do not count. */
export function bits(content: Uint8Array, unused = 0): Der {
  return encode(0x03, Buffer.concat([Buffer.of(unused), content]));
}

/** An instant, to the second, of the years 1950 to 2049. @see RFC 5280 section 4.1.2.5.1 */
export function time(date: Date): Der {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return encode(0x17, Buffer.from(`${digits}Z`));
}

/** A value under a tag of its context: around it, or in place of its own tag. */
export function tagged(number: number, content: Uint8Array, form: 'around' | 'in-place'): Der {
  return encode((form === 'around' ? 0xa0 : 0x80) + number, Buffer.from(content));
}

function encode(tag: number, content: Buffer): Der {
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.of(size);
  const digits: number[] = [];
  for (let rest = size; rest > 0; rest >>>= 8) digits.unshift(rest & 0xff);
  return Buffer.of(0x80 + digits.length, ...digits);
}

/** Seven bits a byte, the highest bit set in all but the last. */
function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) + 0x80);
  return digits;
}
