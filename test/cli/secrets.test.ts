import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { commandLine, folder } from './command-line.ts';

const PASSWORD = 'correct horse & battery/staple+1';
const SECRET_HEADER = 'gateway-key-2f9c1b7e';

/** Names of values that are secret wherever they stand, and what they look like there. */
const SECRET_NAMES =
  /(?:["&?\s]|^)(access_token|refresh_token|client_secret|registration_access_token|code|code_verifier|state|password|csrf\w*)"?(?:=|":\s*")([^"&\s#]+)/g;

/** Everything secret that passed the server, found without the code that redacts. */
function secretsOf(exchanges: readonly Exchange[]): readonly string[] {
  const found = new Set<string>([PASSWORD, SECRET_HEADER]);
  for (const { request, response } of exchanges) {
    const texts = [request.url, request.body?.text ?? '', response?.body?.text ?? ''];
    const headers = [...request.headers, ...(response?.headers ?? [])];
    for (const [name, value] of headers) {
      if (/^(?:location|referer)$/i.test(name)) texts.push(value);
      if (/^(?:cookie|set-cookie)$/i.test(name)) found.add(value.split(/[=;]/)[1] ?? '');
      if (/^authorization$/i.test(name)) found.add(value.replace(/^\S+ /, ''));
      if (/^mcp-session-id$/i.test(name)) found.add(value);
    }
    for (const text of texts)
      for (const [, , value = ''] of text.matchAll(SECRET_NAMES))
        found.add(decodeURIComponent(value.replaceAll('+', ' ')));
  }
  return [...found].filter((value) => value.length >= 8);
}

/** How a secret could stand in a text. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // The middle of the base64 text is the same whatever stands before and after: three alignments.
  const cores = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return shifted.slice(offset === 0 ? 0 : 4, -4);
  });
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    ...cores.filter((core) => core.length >= 8),
  ];
}

test.each([
  ['told in full', ['--verbose']],
  ['as JSON', ['--format', 'json']],
  ['as a HAR', ['--format', 'har']],
  ['as a page', ['--format', 'html']],
  ['with opaque tokens and bodies cut short', ['--verbose', '--max-body', '300']],
])('nothing secret is written or shown: %s', async (title, options) => {
  const tokens = title.includes('opaque') ? 'opaque' : 'jwt';
  const server = await startServer({ tokens, users: [{ name: 'alice', password: PASSWORD }] });
  const cwd = folder();
  const { code, stdout, stderr } = await commandLine(
    [server.mcpUrl, ...options, '--header', `X-Api-Key: ${SECRET_HEADER}`, '--call', 'whoami'],
    { cwd, env: { OAUTH_TEST_USERNAME: 'alice', OAUTH_TEST_PASSWORD: PASSWORD } },
  );
  await server.close();
  expect(code).toBe(0);
  const [name = ''] = readdirSync(join(cwd, 'traces'));
  const places = { stdout, stderr, file: readFileSync(join(cwd, 'traces', name), 'utf8') };
  const secrets = secretsOf(server.exchanges);
  expect(secrets.length).toBeGreaterThan(8);
  for (const [place, text] of Object.entries(places))
    for (const secret of secrets)
      for (const spelling of spellings(secret))
        expect(text.includes(spelling), `${spelling} in ${place}`).toBe(false);
});

test('what the driver types is not told, and neither is a wrong password', async () => {
  const server = await startServer();
  const env = { OAUTH_TEST_PASSWORD: 'wrong-password-77' };
  const argv = [server.mcpUrl, '--verbose', '--no-save', '--username', 'testuser'];
  const { code, stdout, stderr } = await commandLine(argv, { env });
  await server.close();
  expect(code).toBe(3);
  expect(stdout + stderr).not.toContain('wrong-password-77');
  expect(stdout).toMatch(/authorization/);
});
