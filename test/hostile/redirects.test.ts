/** What a redirect to somebody else's origin carries there. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
import { leaksIn } from './leaks.ts';
import { buildProgram, type Program } from './process.ts';
import {
  type Behaviour,
  json,
  LEGS,
  redirect,
  resourceDocument,
  type Server,
  serverDocument,
  startHostile,
  USER,
} from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

const GATEWAY = 'Bearer gateway-credential-of-the-user-42';

const ROWS: Readonly<Record<string, (thief: Server) => Behaviour>> = {
  'the resource metadata': (thief) => ({
    [LEGS['resource metadata']]: (visit) => redirect(visit, `${thief.origin}/prm`),
  }),
  'the server metadata': (thief) => ({
    [LEGS['server metadata']]: (visit) => redirect(visit, `${thief.origin}/asm`),
  }),
  'the registration': (thief) => ({
    [LEGS.registration]: (visit) => redirect(visit, `${thief.origin}/register`, 307),
  }),
  'the login': (thief) => ({
    'POST /login': (visit) => redirect(visit, `${thief.origin}/login`, 307),
  }),
  'the token endpoint': (thief) => ({
    [LEGS.token]: (visit) => redirect(visit, `${thief.origin}/token`, 307),
  }),
  'the MCP call': (thief) => ({
    [LEGS.challenge]: (visit) =>
      visit.request.headers.authorization === `Bearer ${visit.server.secrets[1]}`
        ? redirect(visit, `${thief.origin}/mcp`, 307)
        : visit.lawfully(),
  }),
  'every call': (thief) => ({
    [LEGS.challenge]: (visit) => redirect(visit, `${thief.origin}/mcp`, 308),
  }),
  'a document that names another authorization server': (thief) => ({
    [LEGS['resource metadata']]: (visit) =>
      json(visit, { ...resourceDocument(visit), authorization_servers: [thief.origin] }),
  }),
  'a token endpoint elsewhere': (thief) => ({
    [LEGS['server metadata']]: (visit) =>
      json(visit, { ...serverDocument(visit), registration_endpoint: `${thief.origin}/register` }),
  }),
};

test.concurrent.each(Object.entries(ROWS))(
  '%s redirected to another origin takes no credential there',
  async (_, behaviour) => {
    const thief = await startHostile({ '*': (visit) => json(visit, {}) });
    const server = await startHostile(behaviour(thief));
    try {
      const args = ['--username', USER.name, '--password', USER.password];
      const ended = await program.start([
        server.mcpUrl,
        ...args,
        '--header',
        `X-Gateway-Authorization: ${GATEWAY}`,
      ]).ended;
      expectUnharmed(ended, [3], [...server.secrets, GATEWAY]);
      for (const { request, body, url } of thief.visits) {
        expect(request.headers).not.toHaveProperty('authorization');
        expect(request.headers).not.toHaveProperty('cookie');
        const all = [url.href, body, JSON.stringify(request.rawHeaders)];
        expect(leaksIn(all, [...server.secrets, GATEWAY])).toEqual([]);
      }
    } finally {
      await Promise.all([server.close(), thief.close()]);
    }
  },
);
