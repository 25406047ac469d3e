/** What is told of a run against servers we did not write: nothing that they minted, or a user typed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseTrace } from '../../src/trace/parse.ts';
import { commandLine, folder } from '../cli/command-line.ts';
import { createMcpServer, createProvider } from './oidc-application.ts';
import { createApplication } from './sdk-application.ts';
import { secretsIn, spellings } from './secrets.ts';
import { type LoggedServer, listenAndLog } from './server-log.ts';

const PASSWORD = 'a password nobody guesses';

async function listen(): Promise<LoggedServer> {
  const server = await listenAndLog();
  onTestFinished(() => server.close());
  return server;
}

/** Each gives the URL of an MCP server. */
const SERVERS: Readonly<Record<string, () => Promise<string>>> = {
  'oidc-provider and an MCP server of the v1 SDK': async () => {
    const [authorization, resource] = [await listen(), await listen()];
    authorization.use(createProvider(authorization.origin, `${resource.origin}/mcp`));
    resource.use(createMcpServer(resource.origin, authorization.origin));
    return `${resource.origin}/mcp`;
  },
  "the v1 SDK's own authorization router": async () => {
    const server = await listen();
    server.use(createApplication(server.origin));
    return `${server.origin}/mcp`;
  },
};

test.each(Object.entries(SERVERS))('no secret is told of a run against %s', async (_, start) => {
  const cwd = folder();
  // The file alone keeps the secrets, so that they can be searched for in everything else.
  const keeping = ['--no-redact', '--save-trace', 'raw.json'];
  const telling = ['--verbose', '--report', 'html=page.html', '--report', 'har=log.har'];
  const { stdout, stderr } = await commandLine(
    [await start(), '--username', 'alice', ...keeping, ...telling],
    { cwd, env: { OAUTH_TEST_PASSWORD: PASSWORD } },
  );
  const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
  const raw = parseTrace(read('raw.json'));
  expect(raw.sequence_summary.reason).toBeNull();
  const secrets = [PASSWORD, ...secretsIn(raw)];
  expect(secrets.length).toBeGreaterThan(8);
  const told = { stdout, stderr, page: read('page.html'), har: read('log.har') };
  for (const [place, text] of Object.entries(told))
    for (const spelling of secrets.flatMap(spellings))
      expect(text.includes(spelling), `${spelling} in ${place}`).toBe(false);
});
