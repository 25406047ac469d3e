#!/usr/bin/env node
// CommonJS: the two questions that scripts and people ask all the time are answered from files, before
// Node has begun to load an ES module.
'use strict';

const { readFileSync, writeSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const ANSWERS = new Map([
  ['--version', 'version.txt'],
  ['-V', 'version.txt'],
  ['--help', 'help.txt'],
  ['-h', 'help.txt'],
]);

const argv = process.argv.slice(2);
const answer = argv.length === 1 ? ANSWERS.get(argv[0]) : undefined;
if (answer === undefined || !isAnswered(answer)) run();

/** False where it cannot be, as when nobody reads standard output any more. */
function isAnswered(file) {
  try {
    writeSync(1, readFileSync(join(__dirname, '../dist', file)));
    return true;
  } catch {
    return false;
  }
}

async function run() {
  enableCompileCache?.();
  // undici parses HTTP in WebAssembly. Compiling that a second time, optimized, would take longer than a
  // run, and more memory than everything else.
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  const { main, processIo } = await import('../dist/main.js');
  process.exitCode = await main(argv, processIo());
}
