/** Authorization endpoints that must not reach the operating system. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
import { buildProgram, emptyFolder, type Program } from './process.ts';
import { json, LEGS, serverDocument, startHostile } from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

/** Never handed to anybody. */
const UNOPENABLE: readonly string[] = [
  'javascript:alert(1)',
  'file:///etc/passwd',
  'vscode://evil/run?x=1',
  'data:text/html,<script>1</script>',
  '--no-sandbox http://127.0.0.1/',
  'http://user:word@127.0.0.1/',
  'http://$(touch pwned).example/',
  '\\\\evil\\share\\a.exe',
  'ms-msdt:/id',
  '',
];

/** Handed on, with nothing left in them that a shell would act on. */
const OPENABLE: readonly string[] = [
  '/authorize?a=$(touch pwned)',
  '/authorize?a=`touch pwned`',
  '/authorize?a=1;touch pwned',
  "/authorize?a='|touch pwned|'",
  '/authorize?a="%26calc.exe%26"^&calc',
  '/authorize#$(touch pwned)',
  '/authorize?a=\u0000b\u001b[2J',
];

/** Writes down what it is given, then comes back as a user who says no. */
const RECORDER = `#!${process.execPath}
const [address] = process.argv.slice(2);
require('node:fs').appendFileSync(__dirname + '/opened.txt', process.argv.slice(2).join('\\n') + '\\n');
const asked = new URL(address).searchParams;
const query = new URLSearchParams({ error: 'access_denied', state: asked.get('state') });
fetch(asked.get('redirect_uri') + '?' + query);
`;

/** Programs that are found before any other of their name. */
function recorders(): { readonly folder: string; readonly opened: () => string } {
  const folder = emptyFolder();
  const log = join(folder, 'opened.txt');
  for (const name of ['xdg-open', 'open', 'sensible-browser', 'x-www-browser', 'record']) {
    const path = join(folder, name);
    writeFileSync(path, RECORDER);
    chmodSync(path, 0o755);
  }
  return { folder, opened: () => (existsSync(log) ? readFileSync(log, 'utf8') : '') };
}

async function run(endpointOf: (origin: string) => string, consent: readonly string[]) {
  const { folder, opened } = recorders();
  const server = await startHostile({
    [LEGS['server metadata']]: (visit) =>
      json(visit, {
        ...serverDocument(visit),
        authorization_endpoint: endpointOf(visit.server.origin),
      }),
  });
  try {
    const ended = await program.start([server.mcpUrl, ...consent], {
      env: { PATH: `${folder}:${process.env.PATH}` },
      cwd: folder,
    }).ended;
    expectUnharmed(ended, [3], server.secrets);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    return opened();
  } finally {
    await server.close();
  }
}

const WAYS: Readonly<Record<string, readonly string[]>> = {
  'a program of the user': ['--consent', 'command', '--consent-command', 'record'],
  'the browser': ['--consent', 'browser'],
};

describe.concurrent.each(Object.entries(WAYS))('%s', (_, consent) => {
  test.each(UNOPENABLE)('never sees %j', async (endpoint) => {
    expect(await run(() => endpoint, consent)).toBe('');
  });

  test.each(OPENABLE)('sees %j without what a shell obeys', async (rest) => {
    const opened = await run((origin) => origin + rest, consent);
    expect(opened).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/authorize\S*\n$/);
    expect(opened).not.toMatch(/[$`;|'"^<>()\\]/);
  });
});
