/** Makes of a trace another run of the same thing: every volatile value replaced, equality kept. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Trace } from '../../src/trace/schema.ts';
import { CHALLENGE, CLIENT_ID, CODE, STATE, VERIFIER } from '../rules/happy-world.ts';

/** What a second run draws anew. */
export interface Draw {
  readonly clientId: string;
  readonly code: string;
  readonly state: string;
  readonly verifier: string;
  readonly session: string;
  readonly secrets: readonly string[];
  readonly port: number;
  readonly later: number;
  readonly hosts: readonly [string, string] | undefined;
}

const token = (min: number, max = min): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
    minLength: min,
    maxLength: max,
  });

const host = fc
  .string({ unit: fc.constantFrom(...'abcdefghijklmnop'), minLength: 3, maxLength: 8 })
  .map((name) => `https://${name}.example`);

/** Random draws of a second run. */
export const draws: fc.Arbitrary<Draw> = fc
  .record({
    clientId: fc.oneof(fc.uuid(), token(8, 24), token(4)),
    code: fc.oneof(token(20, 60), fc.uuid(), token(6, 10)),
    state: fc.oneof(token(32), token(11, 22)),
    verifier: token(43, 80),
    session: fc.oneof(fc.uuid(), token(16, 32)),
    secrets: fc.uniqueArray(token(20, 40), { minLength: 5, maxLength: 5 }),
    port: fc.integer({ min: 1024, max: 65535 }),
    later: fc.integer({ min: 1, max: 9_000_000 }),
    hosts: fc.option(
      fc.tuple(host, host).filter(([a, b]) => a !== b),
      { nil: undefined },
    ),
  })
  .filter(isDistinct);

/** Values that are equal by chance would be an equality that the first run has not. */
function isDistinct({ clientId, code, state, verifier, session, secrets }: Draw): boolean {
  const values = [clientId, code, state, verifier, session, ...secrets];
  return values.every((value, index) =>
    values.every((other, place) => place === index || !other.includes(value)),
  );
}

/** The same run, drawn again. */
export function renameTrace(trace: Trace, draw: Draw): Trace {
  const pairs = pairsOf(draw);
  const replaced = (text: string): string =>
    pairs.reduce((result, [from, to]) => replaceBoth(result, from, to), text);
  const renamed = (text: string): string =>
    replaced(text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, (jwt) => drawJwt(jwt, replaced, draw)))
      .replace(
        /("client_id_issued_at":)(\d+)/g,
        (_, name, at) => `${name}${Number(at) + draw.later}`,
      )
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) =>
        new Date(Date.parse(at) + draw.later * 1000).toISOString(),
      );
  return mapStrings(trace, renamed) as Trace;
}

function pairsOf(draw: Draw): readonly (readonly [string, string])[] {
  const [reg = '', first = '', second = ''] = draw.secrets;
  return [
    ['reg-4mB7Qz1Lx0Vt9Hs2Wn6Kd3Pf8Jc5Ry', reg],
    ['rt-1-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y', first],
    ['rt-2-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y', second],
    ['session-1f0c9a52-7d3e-4b7a-9c55-0a6f4f1e2d3b', draw.session],
    [CODE, draw.code],
    [STATE, draw.state],
    [CHALLENGE, createHash('sha256').update(draw.verifier).digest('base64url')],
    [VERIFIER, draw.verifier],
    [CLIENT_ID, draw.clientId],
    ['http://127.0.0.1:49321', `http://127.0.0.1:${draw.port}`],
    ['https://api.demo.test', draw.hosts?.[0] ?? 'https://api.demo.test'],
    ['https://login.demo.test', draw.hosts?.[1] ?? 'https://login.demo.test'],
  ];
}

function replaceBoth(text: string, from: string, to: string): string {
  return text.replaceAll(from, to).replaceAll(encodeURIComponent(from), encodeURIComponent(to));
}

function drawJwt(jwt: string, replaced: (text: string) => string, draw: Draw): string {
  const [header = '', claims = ''] = jwt.split('.');
  const decode = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  const encode = (value: unknown): string =>
    Buffer.from(replaced(JSON.stringify(value))).toString('base64url');
  const old = decode(claims);
  const shifted = {
    ...old,
    iat: Number(old.iat) + draw.later,
    exp: Number(old.exp) + draw.later,
    jti: `${String(old.jti)}-${draw.secrets[3]}`,
    sub: draw.secrets[4],
  };
  return `${encode({ ...decode(header), kid: draw.secrets[3] })}.${encode(shifted)}.${draw.secrets[4]}`;
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]),
  );
}
