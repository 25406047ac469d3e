import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom. */
const TABLE: Readonly<Record<string, { readonly may: readonly string[] }>> = {
  trace: { may: [] },
  spec: { may: [] },
  oauth: { may: ['spec'] },
  http: { may: ['trace'] },
  mcp: { may: ['http', 'oauth', 'spec', 'trace'] },
  consent: { may: ['http', 'oauth', 'spec', 'trace'] },
  clients: { may: ['spec'] },
  flow: { may: ['clients', 'consent', 'http', 'mcp', 'oauth', 'spec', 'trace'] },
  rules: { may: ['clients', 'oauth', 'spec', 'trace'] },
  diff: { may: ['trace'] },
  report: { may: ['diff', 'rules', 'spec', 'trace'] },
  server: { may: ['spec', 'trace'] },
  library: {
    may: ['clients', 'consent', 'diff', 'flow', 'http', 'report', 'rules', 'spec', 'trace'],
  },
};

const IMPORT = /^(?:import|export)\s[^;]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gms;

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file));

test.each(files)('%s imports only what its room may', (file) => {
  const [, room = ''] = file.split(sep);
  const rule = TABLE[room];
  if (!rule) return expect(['cli', 'index.ts', 'vitest.ts']).toContain(room);
  const broken = [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, from, lazy]) => {
    const target = relative('src', join(file, '..', from ?? lazy ?? '')).split(sep)[0] ?? '';
    const allowed = target === room || rule.may.includes(target) || target === '..';
    return allowed ? [] : [target];
  });
  expect(broken).toEqual([]);
});

test('no source file is longer than its idea', () => {
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 300);
  expect(long).toEqual([]);
});
