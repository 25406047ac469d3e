import type { Ledger, Mark } from './ledger.ts';
import type { Found } from './matcher.ts';
import { base64Run, percentEncoded, type Spell, unescapeOnce } from './spelling.ts';

/** Levels of escapes within escapes that are looked through. */
const DEEPEST_ESCAPE = 3;

interface Range {
  readonly start: number;
  readonly end: number;
  readonly mark: Mark;
}

/** Puts labels in place of every secret of the ledger, however it is spelled in the text. */
export function scrub(text: string, ledger: Ledger, spell: Spell): string {
  const ranges = rangesOf(text, ledger);
  if (ranges.length === 0) return text;
  const parts: string[] = [];
  let copied = 0;
  for (const { start, end, mark } of ranges) {
    const label = ledger.labelOf(mark.entry);
    const isEncoded = /%[\da-f]{2}/i.test(text.slice(start, end));
    parts.push(text.slice(copied, start), isEncoded ? percentEncoded(label) : spell(label));
    copied = end;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/** The secrets found in a text, by their place in it, without overlap. */
function rangesOf(text: string, ledger: Ledger): readonly Range[] {
  const ranges: Range[] = [...asRanges(text, ledger.matcher.find(text))];
  let level = unescapeOnce(text);
  for (let depth = 0; level && depth < DEEPEST_ESCAPE; depth += 1) {
    const { text: plain, toSource } = level;
    for (const { start, end, mark } of asRanges(plain, ledger.matcher.find(plain))) {
      const [from, to] = toSource(start, end);
      ranges.push({ start: from, end: to, mark });
    }
    const next = unescapeOnce(plain);
    level = next && {
      text: next.text,
      toSource: (start, end) => toSource(...next.toSource(start, end)),
    };
  }
  return withoutOverlap(ranges);
}

/** Matches as ranges; a match within base64 takes the whole run it stands in. */
function asRanges(text: string, found: readonly Found<Mark>[]): readonly Range[] {
  const ranges: Range[] = [];
  let last = 0;
  for (const { start, end, value: mark } of found) {
    if (end <= last) continue;
    const [from, to] = mark.isRun ? base64Run(text, start, end) : [start, end];
    ranges.push({ start: Math.max(from, last), end: to, mark });
    last = to;
  }
  return ranges;
}

function withoutOverlap(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: Range[] = [];
  for (const range of sorted) {
    const last = kept.at(-1);
    if (!last || range.start >= last.end) kept.push(range);
    else if (range.end > last.end) kept[kept.length - 1] = { ...last, end: range.end };
  }
  return kept;
}
