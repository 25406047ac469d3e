import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'vitest';
import { folder } from '../cli/command-line.ts';

test('the published types compile in a strict project, beside those of vitest', async () => {
  const project = folder();
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(resolve('.'), join(project, 'node_modules/mcp-oauth-trace'));
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
  // Plain JavaScript, which tsc does not look into: `test:dist` runs it on the packed package.
  const script: { testTypes(folder: string): void } = await import(
    pathToFileURL('scripts/test-types.js').href
  );
  script.testTypes(project);
});
