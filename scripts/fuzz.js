// Mutated conversations by the thousand: npm run fuzz -- --seed 1 --runs 5000
// A fault names the seed of its conversation: --seed that --runs 1 shows it again.
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    runs: { type: 'string', default: '5000' },
  },
});
const bundle = 'node_modules/.fuzz.mjs';
await build({
  entryPoints: ['test/hostile/fuzz/run.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'error',
});
process.setSourceMapsEnabled(true);
const { fuzz } = await import(`../${bundle}`);
const seed = Number(values.seed);
const runs = Number(values.runs);
const began = Date.now();
const { outcomes, faults } = await fuzz(seed, runs, (done) => {
  if (done % 250 === 0) console.error(`${done} of ${runs}`);
});
for (const { seed: at, fault } of faults) console.log(`seed ${at}: ${fault}`);
const seconds = Math.round((Date.now() - began) / 1000);
console.log(JSON.stringify({ seed, runs, seconds, outcomes, faults: faults.length }));
process.exitCode = faults.length > 0 ? 1 : 0;
