import { resolve } from 'node:path';
import { build } from 'esbuild';

/** Bundles a program of this folder that uses the sources; returns its path. */
export async function bundle(name, { external }) {
  const outfile = resolve(`node_modules/.bench/${name}.mjs`);
  await build({
    entryPoints: [`scripts/bench/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.18',
    external,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
  });
  return outfile;
}
