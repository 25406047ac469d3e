import { join } from 'node:path';
import { bundle } from './bundle.js';
import { writeLongTrace } from './long-trace.js';
import { runNode, takeTurns } from './processes.js';
import { median, ratioRow, row } from './rows.js';

/** Room for JSON.parse and the schema of the longest trace. */
const HEAP = '--max-old-space-size=8192';

/** Findings and differences are no failure here. */
const ENDS = [0, 1];

/** Commands that read traces beside reading alone, and how they grow. */
export async function longTraces({ bin, folder, trace, lengths, roundsFor }) {
  const reading = await bundle('reading', { external: [] });
  const seen = { check: [], diff: [], 'show html': [] };
  const rows = [];
  for (const length of lengths) {
    const one = join(folder, `long-${length}.json`);
    const other = join(folder, `long-${length}-other.json`);
    writeLongTrace(trace, one, length);
    writeLongTrace(trace, other, length, 1);
    const html = join(folder, 'long.html');
    const pairs = {
      check: [
        [HEAP, bin, 'check', one],
        [HEAP, reading, one],
      ],
      diff: [
        [HEAP, bin, 'diff', one, other],
        [HEAP, reading, one, other],
      ],
      'show html': [
        [HEAP, bin, 'show', one, '--format', 'html', '-o', html],
        [HEAP, reading, one],
      ],
    };
    for (const [name, pair] of Object.entries(pairs)) {
      const times = takeTurns(pair, roundsFor(length), ENDS);
      seen[name].push({ length, ms: median(times[0]) });
      const what = `${name}, ${length.toLocaleString('en')} exchanges`;
      rows.push(ratioRow(what, times, length >= LONG ? 4 : undefined, ['', 'parse + zod']));
    }
  }
  return [...rows, ...Object.entries(seen).map(([name, sizes]) => growth(name, sizes))];
}

/** Exchanges above which the start of the process no longer counts. */
const LONG = 100_000;

/** 1 is linear. The start, as the shortest trace shows it, is left out. */
function growth(name, sizes) {
  const [first, ...rest] = sizes;
  const [before, last] = [rest.at(-2) ?? first, rest.at(-1)];
  const start = before === first ? 0 : first.ms;
  const exponent =
    Math.log((last.ms - start) / (before.ms - start)) / Math.log(last.length / before.length);
  return row(`${name}, growth exponent`, exponent, '', 1.15, '1 is linear');
}

/** A run to make long traces from. */
export function recordRun(bin, file) {
  runNode([bin, 'self-test', '--quiet', '--save-trace', file]);
  return file;
}
