import { type KnownSecret, redact } from '../../src/trace/redact.ts';
import type { Trace } from '../../src/trace/schema.ts';

const NAMES =
  'access_token|refresh_token|id_token|client_secret|registration_access_token|code|code_verifier|state|password';

/**
 * The secrets of a raw run, found without the help of the code that redacts: by name in forms,
 * queries and JSON, cookies and session ids in headers.
 */
export function secretsIn(raw: Trace): ReadonlySet<string> {
  const text = JSON.stringify(raw.trace_log).replaceAll('\\"', '"');
  const found = new Set<string>();
  for (const [, value = ''] of text.matchAll(new RegExp(`[?&"](?:${NAMES})=([^&"\\\\#]+)`, 'g')))
    found.add(decodeURIComponent(value));
  for (const [, value = ''] of text.matchAll(new RegExp(`"(?:${NAMES})":"([^"\\\\]+)"`, 'g')))
    found.add(value);
  for (const { request, response } of raw.trace_log)
    for (const [name, value] of [...request.headers, ...(response?.headers ?? [])]) {
      if (/^mcp-session-id$/i.test(name)) found.add(value);
      if (/^set-cookie$/i.test(name)) found.add(value.replace(/^[^=]*=([^;]*).*$/, '$1'));
      if (/^authorization$/i.test(name)) found.add(value.replace(/^\S+ /, ''));
    }
  return new Set([...found].filter((value) => value.length >= 6));
}

/** How a secret could stand in a text: as it is, percent-encoded, base64 in both alphabets. */
export function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

/** The secrets of a raw run that its redacted trace still spells out. */
export function leakedFrom(raw: Trace, known: readonly KnownSecret[] = []): readonly string[] {
  const text = JSON.stringify(redact(raw, known));
  return [...secretsIn(raw)].filter((secret) =>
    spellings(secret).some((one) => text.includes(one)),
  );
}
