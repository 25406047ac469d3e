// Bundles the command line, one chunk per command, with everything it depends on: `npx` installs one package.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { writeAnswers } from './answers.js';
import { sharedChunk } from './shared-chunk.js';
import { slim } from './slim.js';

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
  // Names stay: a stack trace in a report of ours has to say something.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  plugins: [slim],
  // What has a form for bundlers comes in that form, of which the unused half is left out.
  mainFields: ['module', 'main'],
  // Bundled CommonJS (undici) still asks for `require` of node: built-ins.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};
const { metafile } = await build({ ...options, write: false, metafile: true });
await build({ ...options, plugins: [slim, sharedChunk(metafile)] });
await writeAnswers(outdir);
