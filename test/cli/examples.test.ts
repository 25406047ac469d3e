import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { type RunningServer, startServer } from '../../src/server/start.ts';
import { commandLine, type Ended } from './command-line.ts';

const USER = { name: 'me', password: 'correct horse', email: 'me@user.example' };

/** Files that examples read, each made by a run. */
const TRACES = ['trace', 'monday', 'tuesday', 'a', 'b', 'ok'].map((name) => `${name}.json`);

let server: RunningServer;
let cwd: string;

beforeAll(async () => {
  server = await startServer({ users: [USER] });
  cwd = mkdtempSync(join(tmpdir(), 'examples-'));
  for (const file of TRACES) await run(`URL --quiet --save-trace ${file}`);
  await run('URL --quiet --no-redact --save-trace raw.json');
});

afterAll(async () => {
  await server.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** Runs a line as a shell would, in the place of a user whose password is known. */
async function run(line: string): Promise<Ended> {
  const argv = line
    .replace('\\\n', '')
    .replace(/ (?:>|\|).*/, '')
    .replace(/https:\/\/example\.com\/mcp|\$?\bURL\b/, server.mcpUrl)
    .replace('--port 8080', '--port 0')
    .split(' ');
  return await commandLine(argv, {
    cwd,
    env: { OAUTH_TEST_USERNAME: USER.name, OAUTH_TEST_PASSWORD: USER.password },
    stdin: '',
    onStdout: (_, interrupt) => {
      if (argv[0] === 'serve') interrupt();
    },
  });
}

const LINES = Object.entries(EXAMPLES)
  // What it writes is there already: the traces that the others read.
  .filter(([command]) => command !== 'import')
  .flatMap(([, examples]) => examples.map(([line]) => line));

// One after the other: a user has to be created before it can log in.
test.sequential.each(LINES)('%s', async (line) => {
  const { code } = await run(line);
  expect(code).toBe(0);
});

test.each(EXAMPLES.import ?? [])('%s', async (line) => {
  const log = join(process.cwd(), 'fixtures/kong/file-log.jsonl');
  const { code } = await commandLine(line.replace('kong.log', log).split(' '));
  expect(code).toBe(0);
});
