import { dirname, relative, resolve } from 'node:path';

/**
 * Where in each bundled file which source file begins: all that the program needs of a source map to
 * name the files of a stack trace, in a fiftieth of its size.
 * @param outputs of a build with external source maps
 * @returns by path below `outdir`: triples of line, column and source file, lines and columns from 0
 */
export function sourcePlaces(outputs, outdir) {
  const maps = outputs.filter(({ path }) => path.endsWith('.map'));
  const placesIn = ({ path, text }) => {
    const { sources, mappings } = JSON.parse(text);
    const names = sources.map((source) => nameOf(resolve(dirname(path), source)));
    return [...beginnings(mappings)].map(([line, column, source]) => [line, column, names[source]]);
  };
  return Object.fromEntries(
    maps.map((map) => [relative(outdir, map.path).replace(/\.map$/, ''), placesIn(map)]),
  );
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
