import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where in a bundled file a source file begins; lines and columns from 0, in their order. */
type Beginning = readonly [line: number, column: number, source: string];

const FRAME =
  /(?<=\(|\bat (?:async )?)((?:\/|[A-Z]:\\)[^()\n]*?[\\/]dist[\\/])((?:chunks[\\/])?[\w-]+\.cjs):(\d+):(\d+)/g;

/**
 * A stack in which each place in our bundle has the name of its source file before it; where the package
 * is installed is left out. What is run from its sources has these names already.
 */
export function withSources(stack: string): string {
  return stack.replace(FRAME, (frame, dist: string, path: string, line: string, column: string) => {
    const file = path.replaceAll('\\', '/');
    const source = beginningsOf(dist)[file]?.findLast(
      ([atLine, atColumn]) =>
        atLine < Number(line) - 1 || (atLine === Number(line) - 1 && atColumn < Number(column)),
    )?.[2];
    return source === undefined ? frame : `${source} ${file}:${line}:${column}`;
  });
}

function beginningsOf(dist: string): Readonly<Record<string, readonly Beginning[]>> {
  const file = join(dist, 'sources.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
