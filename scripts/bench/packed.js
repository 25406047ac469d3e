import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT } from './processes.js';
import { ratioRow, row } from './rows.js';

const MEBIBYTE = 1024 * 1024;

/** Packs the package and installs it into an empty folder, as its users do. */
export function pack(folder) {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' }),
  );
  const home = join(folder, 'installed');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  const tarball = join(folder, packed.filename);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const modules = join(home, 'node_modules');
  const count = readdirSync(modules).filter((name) => !name.startsWith('.')).length;
  const bin = join(modules, 'mcp-oauth-trace/bin/mcp-oauth-trace.js');
  return { packed, tarball, count, bin };
}

/** What `npx` has to fetch and unpack. */
export function packageRows({ tarball, packed, count, folder, quick }) {
  const { size, unpackedSize, files } = packed;
  const names = ['', 'an empty package'];
  const cold = coldStarts(tarball, folder, quick ? 1 : 7);
  return [
    row('packed', size, 'bytes', MEBIBYTE, `${files.length} files`),
    row('unpacked', unpackedSize, 'bytes'),
    row('packages installed', count, '', 1),
    ratioRow('cold npx --version', cold, undefined, names),
  ];
}

/** `npx` with an empty cache, beside `npx` of a package that holds one line. */
function coldStarts(tarball, folder, rounds) {
  const empty = emptyPackage(folder);
  const times = [[], []];
  for (let round = 0; round < rounds; round += 1)
    for (const [index, file] of [tarball, empty].entries()) times[index].push(npx(file, folder));
  return times;
}

function npx(file, folder) {
  const cache = mkdtempSync(join(folder, 'cache-'));
  const began = performance.now();
  const { status, stderr } = spawnSync('npx', ['--yes', `file:${file}`, '--version'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...ENVIRONMENT, npm_config_cache: cache, npm_config_update_notifier: 'false' },
  });
  if (status !== 0) throw new Error(`npx ${file}: exit ${status}\n${stderr}`);
  return performance.now() - began;
}

function emptyPackage(folder) {
  const home = join(folder, 'empty');
  mkdirSync(home);
  const manifest = { name: 'empty-of-bench', version: '1.0.0', bin: 'index.js' };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(home, 'index.js'), '#!/usr/bin/env node\n');
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: home, stdio: 'ignore' });
  return join(folder, 'empty-of-bench-1.0.0.tgz');
}
