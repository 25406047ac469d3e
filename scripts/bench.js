// Measures what the budgets promise: ratios, side by side, of the packed package.
// npm run bench [-- --quick] [--only startup,flow] [--output file.json]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { flow } from './bench/flow.js';
import { longTraces, recordRun } from './bench/long-traces.js';
import { memory } from './bench/memory.js';
import { pack, packageRows } from './bench/packed.js';
import { recording } from './bench/recording.js';
import { tableOf } from './bench/rows.js';
import { startup } from './bench/startup.js';

const PARTS = { startup, flow, recording, memory, 'long-traces': longTraces, package: packageRows };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(PARTS).join() },
    output: { type: 'string', default: 'bench.json' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-bench-'));
try {
  const rows = await measure(values.quick, values.only.split(','));
  console.log(tableOf(rows));
  const { arch, platform, version: node } = process;
  const machine = { node, platform, arch, cpu: cpus()[0]?.model, cpus: cpus().length };
  const found = { at: new Date().toISOString(), quick: values.quick, machine, rows };
  writeFileSync(values.output, `${JSON.stringify(found, null, 2)}\n`);
  if (rows.some(({ holds }) => holds === false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every row that was asked for. `quick` shows that everything works, and little more. */
async function measure(quick, names) {
  const packed = pack(folder);
  const setting = {
    ...packed,
    quick,
    folder,
    trace: recordRun(packed.bin, join(folder, 'run.json')),
    rounds: quick ? 3 : 31,
    lengths: quick ? [1000, 10_000] : [1000, 10_000, 100_000],
    roundsFor: (length) => (quick ? 1 : length < 100_000 ? 7 : 3),
  };
  const rows = [];
  for (const name of names) {
    if (!Object.hasOwn(PARTS, name))
      throw new Error(`--only names ${name}, expected ${Object.keys(PARTS).join(', ')}`);
    console.error(`${name} …`);
    rows.push(...(await PARTS[name](setting)));
  }
  return rows;
}
