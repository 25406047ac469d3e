// Runs what the documents show of the library, as it stands there, and what is said of importing it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** In `folder` the package is installed; `url` is of a server that runs, `fine` the trace of a run without findings. */
export function testLibrary({ node, folder, url, fine }) {
  const cwd = mkdtempSync(join(folder, 'library-'));
  const run = (program, expected) => {
    writeFileSync(join(cwd, 'program.mjs'), program.replace(/http:\/\/[^/']+\/mcp/, url));
    const { status, stdout, stderr } = spawnSync(node, ['program.mjs'], { cwd, encoding: 'utf8' });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, program);
    assert.match(stdout, expected);
  };
  run(readmeExample(), /^completed\n$/);
  const [traced, judged, compared] = typeExamples('types/index.d.ts');
  run(traced, /^completed\n$/);
  copyFileSync(fine, join(cwd, 'monday.json'));
  for (const name of ['run.json', 'tuesday.json'])
    copyFileSync('traces/reference/token-cache-control.json', join(cwd, name));
  run(judged, /^error Cache-Control of the token response is absent/m);
  run(compared, /^\w+ \S/m);
  importQuietly(node, cwd);
  matchInVitest(node, cwd, folder);
}

function readmeExample() {
  return /^```js\n([\s\S]*?)^```$/m.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
}

/** What stands behind `@example` in the comments of a file. */
function typeExamples(file) {
  const comments = readFileSync(file, 'utf8').matchAll(/@example\n([\s\S]*?)\*\//g);
  return [...comments].map(([, example = '']) => example.replace(/^ *\* ?/gm, ''));
}

/** Importing does nothing: no word, no file, and nothing that keeps the process or stays to be done. */
function importQuietly(node, cwd) {
  // The assert module of Node 20 itself opens stderr.
  const program = `import 'node:assert';
const state = async () => {
  // What reading the modules takes is done by then.
  await new Promise(setImmediate);
  return [...process.getActiveResourcesInfo(), ...process.eventNames()].sort().join();
};
const before = await state();
await import('mcp-oauth-trace');
await import('mcp-oauth-trace/vitest');
const after = await state();
if (after !== before) throw new Error(\`importing leaves "\${after}", expected "\${before}"\`);`;
  writeFileSync(join(cwd, 'imports.mjs'), program);
  const files = readdirSync(cwd);
  const { status, stdout, stderr } = spawnSync(node, ['imports.mjs'], {
    cwd,
    env: { HOME: cwd, TMPDIR: cwd },
    encoding: 'utf8',
    // What keeps the process alive is ended, and fails.
    timeout: 60_000,
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  assert.deepEqual(readdirSync(cwd), files);
}

/** The matchers in the runner they are for: ours, which the test of the types put beside the package. */
function matchInVitest(node, cwd, folder) {
  writeFileSync(join(cwd, 'server.test.mjs'), MATCHING);
  const runner = resolve('node_modules/vitest/vitest.mjs');
  writeFileSync(
    join(cwd, 'vitest.config.mjs'),
    `export default ${JSON.stringify({ cacheDir: join(folder, '.vite') })}`,
  );
  const { status, stdout, stderr } = spawnSync(node, [runner, 'run', '--root', cwd], {
    cwd,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /3 passed/);
}

const MATCHING = `import { expect, test } from 'vitest';
import { judge, readTrace } from 'mcp-oauth-trace';
import { matchers } from 'mcp-oauth-trace/vitest';

expect.extend(matchers);
const fine = readTrace('monday.json');
const faulty = readTrace('run.json');

test('matches', () => {
  expect(fine).toHaveCompleted();
  expect(fine).toHaveNoFindings();
  expect(judge(faulty)).toHaveNoFindings(['token-cache-control']);
});
test('does not match', () => {
  expect(faulty).not.toHaveNoFindings();
});
test('says why', () => {
  expect(() => expect(faulty).toHaveNoFindings()).toThrow('token-cache-control');
});
`;
