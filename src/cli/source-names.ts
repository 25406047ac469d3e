import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where in a bundled file a source file begins; lines and columns from 0, in their order. */
type Beginning = readonly [line: number, column: number, source: string];

/** The package's folder as a URL, whether this runs from the bundle or from its sources. */
const HOME = import.meta.url.replace(/\/(?:dist(?:\/chunks)?|src\/cli)\/[^/]+$/, '/');

const FRAME =
  /(?<=\(|\bat (?:async )?)dist[\\/]((?:chunks[\\/])?[\w-]+\.cjs):(\d+):(\d+)(?=\)|$)/gm;

/**
 * A stack in which each place in our bundle has the name of its source file before it; where the package
 * is installed is left out. What is run from its sources has these names already.
 */
export function withSources(stack: string): string {
  const home = fileURLToPath(HOME);
  const beginnings = beginningsIn(join(home, 'dist'));
  const frame = (_: string, path: string, line: string, column: string): string => {
    const file = path.replaceAll('\\', '/');
    const source = beginnings[file]?.findLast(
      ([atLine, atColumn]) =>
        atLine < Number(line) - 1 || (atLine === Number(line) - 1 && atColumn < Number(column)),
    )?.[2];
    return `${source === undefined ? '' : `${source} `}${file}:${line}:${column}`;
  };
  return withoutFolder(withoutFolder(stack, HOME), home).replace(FRAME, frame);
}

/** The folder goes where a path begins: a server's URL may hold the same words. */
function withoutFolder(text: string, folder: string): string {
  return [' ', '(', "'"].reduce(
    (rest, before) => rest.replaceAll(`${before}${folder}`, before),
    text,
  );
}

function beginningsIn(dist: string): Readonly<Record<string, readonly Beginning[]>> {
  const file = join(dist, 'sources.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
