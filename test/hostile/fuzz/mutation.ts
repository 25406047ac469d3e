/** What a server can do to an answer: each mutation is drawn, and drawn again from the same seed. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Random } from './random.ts';

/** An answer as its bytes will be written. */
export interface Wire {
  readonly status: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Bytes after which the connection is reset, half closed or left hanging. */
  readonly cut?: { readonly at: number; readonly how: 'reset' | 'close' | 'hang' };
  /** Written in pieces of this many bytes. */
  readonly pieces?: number;
  /** Interim answers in front. */
  readonly before?: string;
}

type Mutation = (wire: Wire, random: Random) => Wire;

/** Texts that steer terminals, documents, shells, parsers and people. */
const HOSTILE: readonly string[] = [
  '',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
  '\u009b31m',
  '\u202egnp.exe\u2066',
  '\r\nset-cookie: a=b',
  '::error::owned',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]><!--',
  '```\n# owned',
  '$(touch /tmp/owned)`id`;|&',
  '@enduml\n!include /etc/passwd',
  '%%{init: {}}%%',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,x',
  'http://[::1',
  'http://169.254.169.254/latest/meta-data',
  'http://user:pass@127.0.0.1:1/',
  '//evil.example',
  '\\\\evil\\share',
  '__proto__',
  'constructor',
  '\ud800',
  '\u0000',
  'x'.repeat(70_000),
  '%'.repeat(3_000),
  '%E0%A4%A',
  'a'.repeat(40).concat('.').repeat(30),
  'Bearer '.repeat(500),
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJcdTAwMWJbMm0ifQ.',
];

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  9_007_199_254_740_992,
  [],
  {},
  [[]],
  [null],
  { __proto__: null },
  Array.from({ length: 2_000 }, (_, index) => `http://127.0.0.1:1/${index}`),
];

const NAMES: readonly string[] = [
  'www-authenticate',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'location',
  'set-cookie',
  'mcp-session-id',
  'dpop-nonce',
  'retry-after',
  'date',
  'x-odd',
];

const CHALLENGES: readonly string[] = [
  'Bearer',
  'Bearer realm="',
  'Bearer error="insufficient_scope", scope="a b"',
  'Bearer resource_metadata="',
  'Bearer resource_metadata="javascript:alert(1)"',
  'Basic realm="x", Bearer scope=a,, , =',
  'DPoP algs="ES256", error="use_dpop_nonce"',
  '"="="=',
  'Bearer '.concat('a="b", '.repeat(500)),
];

const TYPES: readonly string[] = [
  '',
  'text/html',
  'text/event-stream',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  ';;;',
];

const MUTATIONS: readonly Mutation[] = [
  (wire, random) => ({
    ...wire,
    status: random.pick([
      '200 OK',
      '201 Created',
      '202 Accepted',
      '204 No',
      '206 Part',
      '301 Moved',
      '302 Found',
      '303 See',
      '304 Same',
      '307 Temporary',
      '308 Permanent',
      '400 Bad',
      '401 Who',
      '402 Pay',
      '403 No',
      '404 None',
      '405 Method',
      '409 Conflict',
      '413 Large',
      '429 Slow',
      '451 Law',
      '500 Oops',
      '502 Gate',
      '503 Later',
      '599 Odd',
      '999 Odd',
      '000 Zero',
      '2OO OK',
      '',
      '200',
    ]),
  }),
  (wire, random) => withoutHeader(wire, random.pick(wire.headers)?.[0] ?? ''),
  (wire, random) => ({
    ...wire,
    headers: [...wire.headers, ...wire.headers.slice(random.below(3))],
  }),
  (wire, random) => withHeader(wire, random.pick(NAMES), headerSafe(random.pick(HOSTILE))),
  (wire, random) => withHeader(wire, 'www-authenticate', random.pick(CHALLENGES)),
  (wire, random) => withHeader(wire, 'content-type', random.pick(TYPES)),
  (wire, random) =>
    withHeader(
      wire,
      'content-encoding',
      random.pick(['gzip', 'br', 'deflate', 'gzip, gzip', 'odd', 'identity']),
    ),
  (wire, random) => ({
    ...withHeader(wire, 'content-encoding', 'gzip'),
    body: random.pick([gzipSync, deflateSync, brotliCompressSync])(wire.body),
  }),
  (wire, random) =>
    withHeader(wire, 'content-length', random.pick(['0', '1', '-1', '999999', '1e3', '5, 5', 'x'])),
  (wire, random) => ({ ...wire, headers: [...wire.headers, ...many(random.below(900))] }),
  (wire, random) => ({ ...wire, body: wire.body.subarray(0, random.below(wire.body.length + 1)) }),
  (wire, random) => ({ ...wire, body: flipped(wire.body, random) }),
  (wire, random) => ({ ...wire, body: Buffer.from(random.pick(HOSTILE)) }),
  (wire) => ({ ...wire, body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), wire.body]) }),
  (wire) => ({ ...wire, body: Buffer.from(wire.body.toString(), 'utf16le') }),
  (wire) => ({ ...wire, body: Buffer.concat([wire.body, wire.body]) }),
  (wire, random) => ({ ...wire, body: deep(random) }),
  (wire, random) => ({ ...wire, body: events(wire.body, random) }),
  ...Array.from({ length: 8 }, (): Mutation => editJson),
  ...Array.from({ length: 3 }, (): Mutation => editText),
  (wire, random) => ({
    ...wire,
    cut: { at: random.below(600), how: random.pick(['reset', 'close', 'reset', 'close', 'hang']) },
  }),
  (wire, random) => ({ ...wire, pieces: 1 + random.below(40) }),
  (wire, random) => ({
    ...wire,
    before: 'HTTP/1.1 103 Early\r\nlink: <a>\r\n\r\n'.repeat(random.below(60)),
  }),
  (wire, random) => ({
    ...withHeader(
      wire,
      'location',
      headerSafe(random.pick([...HOSTILE, '/mcp', '/authorize', '/login', '/token', '?'])),
    ),
    status: random.pick(['301 M', '302 F', '303 S', '307 T', '308 P']),
  }),
  (wire, random) =>
    withHeader(
      wire,
      'set-cookie',
      headerSafe(`${random.pick(HOSTILE)}=${random.pick(HOSTILE)}; Domain=${random.pick(HOSTILE)}`),
    ),
];

/** The answer, changed in one to three ways. */
export function mutate(wire: Wire, random: Random): Wire {
  let changed = wire;
  for (let count = 1 + random.below(3); count > 0; count -= 1)
    changed = random.pick(MUTATIONS)(changed, random);
  return changed;
}

/** The bytes of an answer as they go over the wire. */
export function bytesOf({ status, headers, body, before = '' }: Wire): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const sized = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const length = sized ? '' : `content-length: ${body.length}\r\n`;
  const head = `${before}HTTP/1.1 ${status}\r\n${lines}${length}connection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'utf8'), body]);
}

function withoutHeader(wire: Wire, name: string): Wire {
  return { ...wire, headers: wire.headers.filter(([other]) => other !== name) };
}

function withHeader(wire: Wire, name: string, value: string): Wire {
  return { ...wire, headers: [...withoutHeader(wire, name).headers, [name, value]] };
}

/** Without line ends, most of the time: those make another header of it. */
function headerSafe(text: string): string {
  return text.slice(0, 8_000).replace(/[\r\n]+/g, ' ');
}

function many(count: number): Wire['headers'] {
  return Array.from({ length: count }, (_, index) => [`x-${index}`, 'y'.repeat(20)] as const);
}

function flipped(body: Buffer, random: Random): Buffer {
  const copy = Buffer.from(body);
  for (let count = random.below(6); count >= 0 && copy.length > 0; count -= 1)
    copy[random.below(copy.length)] = random.below(256);
  return copy;
}

function deep(random: Random): Buffer {
  const levels = random.pick([50, 1_000, 20_000]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['<div>', '</div>'],
    ['<b><p>', ''],
  ]);
  return Buffer.from(`${open?.repeat(levels)}1${close?.repeat(levels)}`);
}

function events(body: Buffer, random: Random): Buffer {
  const lines = Array.from({ length: 1 + random.below(5) }, () =>
    random.pick([
      `data: ${body}`,
      ': ping',
      'id: 1',
      'retry: x',
      'event: message',
      `data: ${random.pick(HOSTILE)}`,
      '',
    ]),
  );
  return Buffer.from(`${lines.join('\n')}\n\n`);
}

/** Another value, name or shape somewhere in a JSON document. */
function editJson(wire: Wire, random: Random): Wire {
  try {
    const document: unknown = JSON.parse(wire.body.toString());
    return { ...wire, body: Buffer.from(JSON.stringify(changed(document, random)) ?? '') };
  } catch {
    // No JSON, or too deep for our own hands.
    return editText(wire, random);
  }
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.1))
    return random.chance(0.5) ? random.pick(HOSTILE) : random.pick(VALUES);
  if (Array.isArray(value))
    return value.map((item) => (random.chance(0.6) ? changed(item, random) : item));
  const entries = Object.entries(value);
  if (entries.length === 0) return random.pick(VALUES);
  const chosen = random.below(entries.length);
  return Object.fromEntries(
    entries.flatMap(([name, item], index): [string, unknown][] => {
      if (index !== chosen) return [[name, item]];
      if (random.chance(0.15)) return [];
      if (random.chance(0.1)) return [[random.pick(HOSTILE), item]];
      return [[name, changed(item, random)]];
    }),
  );
}

/** A hostile text in the place of some word, or between two. */
function editText(wire: Wire, random: Random): Wire {
  const text = wire.body.toString();
  const at = random.below(text.length + 1);
  const length = random.pick([0, 0, 1, 5, 40]);
  return {
    ...wire,
    body: Buffer.from(text.slice(0, at) + random.pick(HOSTILE) + text.slice(at + length)),
  };
}
