/** A server behind TLS that leads its client to clear text. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority } from '../http/certificates.ts';
import { expectUnharmed } from './evidence.ts';
import { buildProgram, emptyFolder, type Program } from './process.ts';
import {
  type Behaviour,
  challenge,
  json,
  LEGS,
  loginPage,
  page,
  redirect,
  resourceDocument,
  type Server,
  serverDocument,
  startHostile,
  USER,
} from './server.ts';

const authority = createAuthority();
const NAME = 'mcp.example.com';
const credentials = authority.issue([`DNS:${NAME}`]);

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => {
  program.remove();
  authority.dispose();
});

/** Documents of the lawful server with one member that says http. */
const named = (member: string, path: string) => (clear: Server) => ({
  [LEGS['server metadata']]: (visit: Parameters<typeof json>[0]) =>
    json(visit, { ...serverDocument(visit), [member]: clear.origin + path }),
});

interface Row {
  readonly behaviour: (clear: Server) => Behaviour;
  readonly codes: readonly number[];
}

const STOPS = [3];
const GOES_ON = [0, 1];

const ROWS: Readonly<Record<string, Row>> = {
  'the pointer in the challenge': {
    behaviour: ({ origin }) => ({
      [LEGS.challenge]: (visit) =>
        visit.request.headers.authorization
          ? visit.lawfully()
          : void visit.response
              .writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${origin}/prm"` })
              .end(),
    }),
    codes: GOES_ON,
  },
  'the authorization server': {
    behaviour: ({ origin }) => ({
      [LEGS['resource metadata']]: (visit) =>
        json(visit, { ...resourceDocument(visit), authorization_servers: [origin] }),
    }),
    codes: STOPS,
  },
  'the authorization endpoint': {
    behaviour: named('authorization_endpoint', '/authorize'),
    codes: STOPS,
  },
  'the token endpoint': { behaviour: named('token_endpoint', '/token'), codes: STOPS },
  'the registration endpoint': {
    behaviour: named('registration_endpoint', '/register'),
    codes: STOPS,
  },
  'the revocation endpoint': { behaviour: named('revocation_endpoint', '/revoke'), codes: GOES_ON },
  'a redirect of the resource metadata': {
    behaviour: ({ origin }) => ({
      [LEGS['resource metadata']]: (visit) => redirect(visit, `${origin}/prm`),
    }),
    codes: [1, 3],
  },
  'a redirect of the server metadata': {
    behaviour: ({ origin }) => ({
      [LEGS['server metadata']]: (visit) => redirect(visit, `${origin}/asm`),
    }),
    codes: STOPS,
  },
  'a redirect of the registration': {
    behaviour: ({ origin }) => ({
      [LEGS.registration]: (visit) => redirect(visit, `${origin}/register`, 307),
    }),
    codes: STOPS,
  },
  'the form of the login page': {
    behaviour: ({ origin }) => ({
      [LEGS['login page']]: (visit) =>
        page(visit, loginPage(visit.url.search).replace('"/login', `"${origin}/login`)),
    }),
    codes: STOPS,
  },
  'a redirect of the login': {
    behaviour: ({ origin }) => ({
      'POST /login': (visit) => redirect(visit, `${origin}/login`, 307),
    }),
    codes: STOPS,
  },
  'a redirect of the token request': {
    behaviour: ({ origin }) => ({
      [LEGS.token]: (visit) => redirect(visit, `${origin}/token`, 307),
    }),
    codes: STOPS,
  },
  'a redirect of the MCP call': {
    behaviour: ({ origin }) => ({
      [LEGS.challenge]: (visit) =>
        visit.request.headers.authorization
          ? redirect(visit, `${origin}/mcp`, 307)
          : challenge(visit),
    }),
    codes: STOPS,
  },
};

async function run({ behaviour, codes }: Row, more: readonly string[] = []) {
  const clear = await startHostile({ '*': (visit) => json(visit, {}) }, NAME);
  const server = await startHostile(behaviour(clear), NAME, credentials);
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'ca.pem'), authority.ca);
  const pins = [clear, server].flatMap(({ origin }) => [
    '--resolve',
    `${NAME}:${new URL(origin).port}:127.0.0.1`,
  ]);
  const login = ['--username', USER.name, '--password', USER.password];
  try {
    const args = [server.mcpUrl, '--cacert', 'ca.pem', ...pins, ...login, ...more];
    const trace = expectUnharmed(await program.start(args, { cwd }).ended, codes, server.secrets);
    return { trace, visits: clear.visits };
  } finally {
    await Promise.all([server.close(), clear.close()]);
  }
}

test.concurrent.each(Object.entries(ROWS))('%s leads nowhere', async (_, row) => {
  const { trace, visits } = await run(row);
  expect(visits).toEqual([]);
  expect(trace.trace_log[0]?.connection.tls).toMatchObject({ authorized: true });
});

test('a lenient run goes there, to see what else is wrong', async () => {
  const { visits } = await run({ behaviour: named('token_endpoint', '/token'), codes: STOPS }, [
    '--lenient',
  ]);
  expect(visits.map(({ route }) => route)).toContain(LEGS.token);
});
