// Loads the bundle with the code that was compiled in an earlier run: compiling it anew takes longer
// than everything else a run does by itself. The cache of Node's own, which 22.1 brings, holds only the
// half of what a run calls.
'use strict';

const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

const BEFORE = '(function (exports, require, module, __filename, __dirname) {';
const AFTER = '\n})';

/** Bytes before the compiled code: checksums of its source and of itself, which V8 does not verify. */
const HEADER = 8;

/** Modules by their path, as `require` has them. */
const loaded = new Map();

/** Scripts of which no usable code was kept, by the file for it. */
const compiled = new Map();

/** As `require` does a path. */
exports.load = (path) => {
  process.once('exit', keep);
  return loadChunk(path, folderOfCode());
};

/** In the package's own folder, where only those can write who can change the program itself. */
function folderOfCode() {
  const tag = cachedDataVersionTag().toString(16);
  return join(__dirname, '../dist/.compiled', `${process.version}-${process.arch}-${tag}`);
}

function loadChunk(path, kept) {
  const known = loaded.get(path);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  const folder = dirname(path);
  const requireFrom = (id) =>
    id.startsWith('.') ? loadChunk(join(folder, id), kept) : require(id);
  const run = compile(path, join(kept, basename(path))).runInThisContext();
  run(module.exports, requireFrom, module, path, folder);
  return module.exports;
}

function compile(path, file) {
  const source = readFileSync(path);
  const cachedData = readCode(file, source);
  const script = new Script(`${BEFORE}${source}${AFTER}`, {
    filename: path,
    columnOffset: -BEFORE.length,
    cachedData,
  });
  if (script.cachedDataRejected !== false) compiled.set(file, { source, script });
  return script;
}

/** Nothing where nothing is kept, where it is of another source, and where it is damaged. */
function readCode(file, source) {
  try {
    const kept = readFileSync(file);
    const code = kept.subarray(HEADER);
    const [ofSource, ofCode] = [kept.readUInt32LE(0), kept.readUInt32LE(4)];
    return ofSource === crc32(source) && ofCode === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** After the run: what it called has been compiled by then. Where it cannot be written, nothing is kept. */
function keep() {
  try {
    for (const [file, { source, script }] of compiled) {
      const code = script.createCachedData();
      const header = Buffer.alloc(HEADER);
      header.writeUInt32LE(crc32(source), 0);
      header.writeUInt32LE(crc32(code), 4);
      mkdirSync(dirname(file), { recursive: true });
      const unfinished = `${file}.${process.pid}`;
      writeFileSync(unfinished, Buffer.concat([header, code]));
      renameSync(unfinished, file);
    }
  } catch {
    // Read-only, or full: the next run compiles again.
  }
}
