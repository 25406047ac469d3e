/** Secrets in text: the same label is the same colour wherever it stands. */
import type { Trace } from '../../trace/schema.ts';
import { type Content, markup } from './markup.ts';

/** Text with its secrets marked. */
export type MarkSecrets = (text: string) => Content;

/** How many colours there are. */
const COLORS = 6;

const LABEL = /<[a-z_]+ (?:#\d+|[\w-]{12})>/g;

/** Makes the marker of a trace. */
export function secretChips(trace: Trace): MarkSecrets {
  const known = new Map(trace.secrets.map((secret, index) => [secret.label, { secret, index }]));
  const chip = (label: string): Content => {
    const found = known.get(label);
    const color = found ? String(found.index % COLORS) : 'none';
    const title = found
      ? `${found.secret.length} characters${found.secret.jwt ? ', a JWT' : ''}`
      : '';
    return markup`<span class="secret secret-${color}" title="${title}">${label}</span>`;
  };
  return (text) => {
    const contents: Content[] = [];
    let end = 0;
    for (const match of text.matchAll(LABEL)) {
      contents.push(text.slice(end, match.index), chip(match[0]));
      end = match.index + match[0].length;
    }
    return [...contents, text.slice(end)];
  };
}
