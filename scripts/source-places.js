import { dirname, relative, resolve } from 'node:path';

/**
 * Where in each bundled file which source file begins: all that the program needs of a source map to
 * name the files of a stack trace, in a fiftieth of its size.
 * @param chunks each with its path and its source map
 * @returns by path below `outdir`: triples of line, column and source file, lines and columns from 0
 */
export function sourcePlaces(chunks, outdir) {
  const placesIn = ({ path, map }) => {
    const { sources, mappings } = JSON.parse(map);
    const names = sources.map((source) => nameOf(resolve(dirname(path), source)));
    return [...beginnings(mappings)].map(([line, column, source]) => [line, column, names[source]]);
  };
  return Object.fromEntries(chunks.map((chunk) => [relative(outdir, chunk.path), placesIn(chunk)]));
}

function nameOf(path) {
  return relative('', path).replace(/^(?:.*\/)?node_modules\//, '');
}

/** The segments of a map at which the source file is another than before. */
function* beginnings(mappings) {
  let [source, last] = [0, -1];
  for (const [line, segments] of mappings.split(';').entries()) {
    let column = 0;
    for (const segment of segments.split(',')) {
      const [columns, sources] = numbersOf(segment);
      column += columns ?? 0;
      source += sources ?? 0;
      if (sources === undefined || source === last) continue;
      last = source;
      yield [line, column, source];
    }
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 VLQ: five bits a digit, least first, the lowest of a number its sign. */
function numbersOf(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
