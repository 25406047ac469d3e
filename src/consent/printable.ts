import { isTellable } from '../trace/redact/ledger.ts';

/** CSI and OSC sequences of a terminal, whole or broken off. */
const TERMINAL_SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?/g;

/** Control characters, line separators, and the marks that turn the direction of writing. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Text of a server as it may stand on a terminal line: without control characters, terminal
 * sequences and direction marks, white space joined, cut to a length.
 */
export function printable(text: string, length = 200): string {
  const line = text
    .slice(0, length * 8)
    .replace(TERMINAL_SEQUENCES, '')
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '')
    .trim();
  const characters = Array.from(line);
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : line;
}

/**
 * Text without the secrets in it, however spelled, each replaced by `…`, longest first. Where a secret
 * is a word like any other it stays, as it does in the trace: a gap here would tell which word it is.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(isTellable)
    .flatMap((secret) => [secret, secret.replace(/\s+/g, ' ').trim(), percentEncoded(secret)])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

function percentEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
