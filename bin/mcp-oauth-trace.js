#!/usr/bin/env node
// The two questions that scripts and people ask all the time are answered from files, before anything
// else is loaded.
'use strict';

const { readFileSync, writeSync } = require('node:fs');
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
  // undici parses HTTP in WebAssembly. Compiling that a second time, optimized, would take longer than a
  // run, and more memory than everything else.
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  const { load } = require('./load.js');
  const { main, processIo } = load(join(__dirname, '../dist/main.cjs'));
  process.exitCode = await main(argv, processIo());
}
