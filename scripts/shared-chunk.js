import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Bytes of a chunk, with all that it imports, above which it is loaded only where it is needed. */
const LARGEST = 100_000;

/** What is run most: a run without a browser, and its report. */
const RUN = ['src/cli/commands/trace.ts', 'src/consent/form.ts', 'src/report/text.ts'];

/**
 * Puts the small modules of a run, which esbuild would spread over dozens of chunks by who else uses
 * them, into one: everything that is loaded when asked for is made to reach all of them. Finding and
 * opening a file takes longer than reading a few kilobytes more.
 * @param metafile of a build without this plugin.
 */
export function sharedChunk({ outputs }) {
  const started = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external),
  );
  const entries = new Set(started.map(({ path }) => resolve(outputs[path].entryPoint)));
  const run = Object.keys(outputs).filter((path) => RUN.includes(outputs[path].entryPoint));
  const weight = (path) =>
    closureOf(path, outputs).reduce((sum, chunk) => sum + outputs[chunk].bytes, 0);
  const shared = run
    .flatMap((path) => closureOf(path, outputs))
    .filter((path) => !outputs[path].entryPoint && weight(path) < LARGEST)
    .flatMap((path) => Object.keys(outputs[path].inputs))
    .filter((input) => input.startsWith('src/') && !input.startsWith('src/cli/commands/'));
  const imports = shared.map((input) => `import ${JSON.stringify(resolve(input))};\n`).join('');
  return {
    name: 'shared-chunk',
    setup(building) {
      building.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) =>
        entries.has(path) && !STANDING_ALONE.test(path)
          ? { contents: `${imports}${await readFile(path, 'utf8')}`, loader: 'ts' }
          : undefined,
      );
    },
  };
}

/** What `--help` and mistakes need. */
const STANDING_ALONE = /[\\/]src[\\/]cli[\\/](?:program|crash|usage)\.ts$/;

/** The chunks that are loaded with one. */
function closureOf(path, outputs, seen = new Set()) {
  if (seen.has(path)) return [];
  seen.add(path);
  const next = outputs[path].imports.filter(
    ({ kind, external }) => kind === 'import-statement' && !external,
  );
  return [path, ...next.flatMap((imported) => closureOf(imported.path, outputs, seen))];
}
