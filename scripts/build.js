// Bundles the command line, one chunk per command, with everything it depends on: `npx` installs one package.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

/** Commander asks for it to start programs as commands, which ours never are. */
const withoutPrograms = {
  name: 'without-programs',
  setup(building) {
    building.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('node_modules/commander/')
        ? { path: 'none', namespace: 'none' }
        : undefined,
    );
    building.onLoad({ filter: /^none$/, namespace: 'none' }, () => ({
      contents: 'module.exports = {}',
    }));
  },
};

/** Another folder than `dist` leaves the one that others use alone. */
const outdir = process.argv[2] ?? 'dist';

rmSync(outdir, { recursive: true, force: true });
await build({
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
  plugins: [withoutPrograms],
  // Bundled CommonJS (undici) still asks for `require` of node: built-ins.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
