// Bundles the command line, one chunk per command, with everything it depends on: `npx` installs one package.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { writeAnswers } from './answers.js';
import { esModule, toCommonJs } from './common-js.js';
import { thirdPartyNotices } from './notices.js';
import { sharedChunk } from './shared-chunk.js';
import { slim } from './slim.js';
import { sourcePlaces } from './source-places.js';

/** Another folder than `dist` leaves the one that others use alone. */
const outdir = process.argv[2] ?? 'dist';

rmSync(outdir, { recursive: true, force: true });
const options = {
  entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts', vitest: 'src/vitest.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.cjs' },
  // Names stay: a stack trace in a report of ours has to say something.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  plugins: [slim],
  // What has a form for bundlers comes in that form, of which the unused half is left out.
  mainFields: ['module', 'main'],
};
const { metafile } = await build({ ...options, write: false, metafile: true });
const built = await build({
  ...options,
  plugins: [slim, sharedChunk(metafile)],
  write: false,
  metafile: true,
  sourcemap: 'external',
});
const chunks = await toCommonJs(built.outputFiles);
for (const { path, code } of chunks) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
for (const name of ['index', 'vitest'])
  writeFileSync(join(outdir, `${name}.js`), esModule(name, built.metafile));
const places = sourcePlaces(chunks, resolve(outdir));
writeFileSync(join(outdir, 'sources.json'), JSON.stringify(places));
writeFileSync(join(outdir, 'third-party-notices.txt'), thirdPartyNotices(built.metafile));
await writeAnswers(outdir);
