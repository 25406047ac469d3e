// Writes what is derived from the source: the schema of a trace, the rules table, the golden traces.
// With --check nothing is written; a difference is an error.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';

const bundle = 'node_modules/.generate.mjs';
await build({
  entryPoints: ['scripts/generated.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const { generated } = await import(`../${bundle}`);
const check = process.argv.includes('--check');
const stale = [];
for (const { file, text, same } of await generated()) {
  const old = read(file);
  if (old !== undefined && same(old, text)) continue;
  stale.push(file);
  if (check) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
for (const file of stale) console.log(`${check ? 'out of date' : 'written'}: ${file}`);
if (check && stale.length > 0) {
  console.error('Run `npm run generate` and commit what it writes.');
  process.exitCode = 1;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
