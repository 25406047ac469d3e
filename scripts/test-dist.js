// Tests what people get: packs the package, installs it into an empty folder, runs the real thing there.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MOST_BYTES = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-dist-'));
try {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' }),
  );
  checkFiles(packed);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', join(folder, packed.filename)], {
    cwd: folder,
    stdio: 'inherit',
  });
  const installed = readdirSync(join(folder, 'node_modules')).filter(
    (name) => !name.startsWith('.'),
  );
  assert.deepEqual(installed, ['mcp-oauth-trace'], 'nothing else is installed');
  for (const node of nodes()) runOn(node);
  console.log('packed, installed and run: fine');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function checkFiles({ files, size, unpackedSize }) {
  const paths = files.map(({ path }) => path.replace(/-[A-Z0-9]{8}\.js$/, '-*.js'));
  const kinds = [
    ...new Set(paths.map((path) => path.replace(/^dist\/(chunks|types)\/.*/, 'dist/$1/*'))),
  ].sort();
  console.log(`${files.length} files, packed ${size} bytes, unpacked ${unpackedSize} bytes`);
  assert.deepEqual(kinds, JSON.parse(readFileSync('scripts/packed-files.json', 'utf8')));
  assert.ok(size <= MOST_BYTES, `packed size ${size} is at most ${MOST_BYTES}`);
}

/** This Node, and every other whose path is given in NODES, separated by colons. */
function nodes() {
  return [process.execPath, ...(process.env.NODES ?? '').split(':').filter(Boolean)];
}

function runOn(node) {
  const bin = resolve(folder, 'node_modules/mcp-oauth-trace/bin/mcp-oauth-trace.js');
  const run = (args, expected = 0) => {
    const { status, stdout, stderr } = spawnSync(node, [bin, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, expected, `${args.join(' ')} on ${node}:\n${stdout}\n${stderr}`);
    return stdout;
  };
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(run(['--version']), `${version}\n`);
  assert.match(run(['--help']), /self-test/);
  const trace = join(folder, `trace-${Date.now()}.json`);
  assert.match(run(['self-test', '--quiet', '--save-trace', trace]), /completed/i);
  assert.equal(statSync(trace).mode & 0o777, 0o600);
  run(['check', trace]);
  run(['explain', 'token']);
  run(['check', 'absent.json'], 2);
  console.log(`${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}: fine`);
}
