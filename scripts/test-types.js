// Compiles a small project that uses the published types, as strictly as anybody may: the types need
// nobody else's.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = {
  'uses.ts': `import { diff, findCause, form, judge, readTrace, report, trace, writeTrace } from 'mcp-oauth-trace';
import type { Finding, Trace, TraceOptions } from 'mcp-oauth-trace';

const options: TraceOptions = { consent: form({ username: 'a' }), revision: '2025-06-18' };
const run: Trace = await trace(new URL('http://127.0.0.1/mcp'), { ...options, revision: 'draft' });
const findings: readonly Finding[] = judge(run).findings;
const first: string | undefined = findings[0]?.rule.id;
const status: number | undefined = run.trace_log[0]?.response?.status;
const same: boolean = diff(run, readTrace(writeTrace('a.json', run)), { ignore: ['date'] }).same;
const saved: Trace = readTrace(new URL('a.json', 'file:///'));
const why: string | undefined = findCause(run)?.message;
const page: string = await report(run, 'html');
// @ts-expect-error a trace cannot be changed
run.metadata.client = 'another';
// @ts-expect-error no such report
await report(run, 'pdf');
export { first, page, same, saved, status, why };
`,
  'matches.test.ts': `import { expect } from 'vitest';
import type { Trace } from 'mcp-oauth-trace';
import { matchers } from 'mcp-oauth-trace/vitest';

expect.extend(matchers);
declare const run: Trace;
expect(run).toHaveCompleted();
expect(run).toHaveNoFindings(['token-no-refresh-token']);
`,
};

/** What the matchers are merged into: the whole of it, since only that can contradict them. */
const RUNNER = ['vitest', '@vitest'];

/**
 * In `folder` the package is installed; vitest is put beside it.
 * @throws where they do not compile.
 */
export function testTypes(folder) {
  for (const [name, text] of Object.entries(PROJECT)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of RUNNER)
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
  };
  const files = Object.keys(PROJECT);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  execFileSync(resolve('node_modules/.bin/tsc'), ['-p', folder], { stdio: 'inherit' });
  console.log('types: fine');
}
