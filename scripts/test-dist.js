// Tests what people get: packs the package, installs it into an empty folder, runs the real thing there,
// on this Node and on those of NODES: paths, or versions that npm has ("20.18.1 22 24").
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { testLibrary } from './test-library.js';
import { testTypes } from './test-types.js';

const MOST_BYTES = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-dist-'));
try {
  const packed = pack();
  checkFiles(packed);
  const tarball = join(folder, packed.filename);
  execFileSync('node_modules/.bin/publint', ['run', tarball, '--strict'], { stdio: 'inherit' });
  // For who imports: there is no CommonJS in it, and Node 10 knows no exports.
  const importers = [tarball, '--profile', 'esm-only', '--format', 'ascii'];
  execFileSync('node_modules/.bin/attw', importers, { stdio: 'inherit' });
  install(folder, [tarball]);
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => name[0] !== '.');
  assert.deepEqual(installed, ['mcp-oauth-trace'], 'nothing else is installed');
  testTypes(folder);
  for (const node of nodes()) await runOn(node);
  console.log('packed, installed and run: fine');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const args = ['pack', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }));
  return packed;
}

function install(where, packages) {
  writeFileSync(join(where, 'package.json'), '{"private":true,"type":"module"}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], {
    cwd: where,
  });
}

function checkFiles({ files, size, unpackedSize }) {
  const kinds = [
    ...new Set(files.map(({ path }) => path.replace(/^dist\/chunks\/.*/, 'dist/chunks/*'))),
  ].sort();
  console.log(`${files.length} files, packed ${size} bytes, unpacked ${unpackedSize} bytes`);
  assert.deepEqual(kinds, JSON.parse(readFileSync('scripts/packed-files.json', 'utf8')));
  assert.ok(size <= MOST_BYTES, `packed size ${size} is at most ${MOST_BYTES}`);
}

function nodes() {
  const wanted = (process.env.NODES ?? '').split(/\s+/).filter(Boolean);
  return [process.execPath, ...wanted.map((name) => (/^\d/.test(name) ? fetchNode(name) : name))];
}

/** A Node of another version, from npm. */
function fetchNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const where = mkdtempSync(join(folder, 'node-'));
  install(where, [`${name}@${version}`]);
  return join(where, 'node_modules', name, 'bin/node');
}

async function runOn(node) {
  const name = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const cwd = mkdtempSync(join(folder, 'run-'));
  const bin = resolve(folder, 'node_modules/mcp-oauth-trace/bin/mcp-oauth-trace.js');
  const run = (args, expected = 0) => {
    const { status, stdout, stderr } = spawnSync(node, [bin, ...args], { cwd, encoding: 'utf8' });
    assert.equal(status, expected, `${args.join(' ')} on ${name}:\n${stdout}\n${stderr}`);
    return stdout;
  };
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(run(['--version']), `${version}\n`);
  assert.match(run(['--help']), /self-test/);
  assert.match(run(['trace', '--help']), /--consent/);
  assert.match(run(['self-test', '--quiet', '--save-trace', 'a.json']), /Completed/);
  assert.equal(statSync(join(cwd, 'a.json')).mode & 0o777, 0o600);
  run(['self-test', '--quiet', '--no-save', '--fault', 'token-cache-control'], 1);
  run(['check', 'a.json']);
  run(['check', 'absent.json'], 2);
  run(['show', 'a.json', '--output', 'a.html']);
  run(['explain', 'token']);
  run(['completion', 'bash']);
  await withServer(node, bin, cwd, (url) => {
    run([
      url,
      '--quiet',
      '--username',
      'testuser',
      '--password',
      'testpass',
      '--save-trace',
      'b.json',
    ]);
    run(['diff', 'a.json', 'b.json', '--only', 'challenge,token']);
    testLibrary({ node, folder, url, fine: join(cwd, 'b.json') });
  });
  console.log(`${name}: fine`);
}

/** Runs something against the reference server of the installed package. */
async function withServer(node, bin, cwd, use) {
  const server = spawn(node, [bin, 'serve', '--json'], { cwd });
  try {
    const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
    use(JSON.parse(line).mcp_url);
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}
