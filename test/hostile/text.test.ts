/** Texts of a server that steer a terminal, in every place that is shown. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPORT_NAMES } from '../../src/report/index.ts';
import { expectPlain, expectUnharmed } from './evidence.ts';
import { buildProgram, type Program } from './process.ts';
import {
  type Behaviour,
  json,
  LEGS,
  loginPage,
  page,
  resourceDocument,
  serverDocument,
  startHostile,
  USER,
} from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

const EVIL =
  '\u001b[2J\u001b]0;owned\u0007\u001b]52;c;ZWNobw==\u0007\u009b31m\u202eexe.\u2066\u200f\r\nok ::error::x';

/** The same as bytes of a header, which takes no line end. */
const HEADER = '\u001b[2J\u001b]0;owned\u0007\u009b31m \u00e2\u0080\u00ae';

const ROWS: Readonly<Record<string, Behaviour>> = {
  'the challenge': {
    [LEGS.challenge]: ({ socket }) =>
      void socket.end(
        Buffer.from(
          `HTTP/1.1 401 ${HEADER}\r\nwww-authenticate: Bearer realm="${HEADER}", error="${HEADER}", scope="${HEADER}", resource_metadata="${HEADER}"\r\nx-${'y'}: ${HEADER}\r\ncontent-length: 0\r\n\r\n`,
          'latin1',
        ),
      ),
  },
  'the resource metadata': {
    [LEGS['resource metadata']]: (visit) =>
      json(visit, {
        ...resourceDocument(visit),
        resource_name: EVIL,
        scopes_supported: [EVIL],
        [EVIL]: EVIL,
        authorization_servers: [`${visit.server.origin}/${EVIL}`, EVIL],
      }),
  },
  'the issuer': {
    [LEGS['server metadata']]: (visit) =>
      json(visit, { ...serverDocument(visit), issuer: EVIL, [EVIL]: EVIL }),
  },
  'the registration error': {
    [LEGS.registration]: (visit) => json(visit, { error: EVIL, error_description: EVIL }, 400),
  },
  'the client': {
    [LEGS.registration]: (visit) =>
      json(visit, { ...JSON.parse(visit.body), client_id: EVIL, client_name: EVIL }, 201),
  },
  'the title of the page': {
    [LEGS['login page']]: (visit) =>
      page(visit, `<title>${EVIL}</title><h1>${EVIL}</h1><p role=alert>${EVIL}</p>`),
  },
  'the fields of the page': {
    [LEGS['login page']]: (visit) =>
      page(
        visit,
        loginPage(visit.url.search, EVIL).replace(
          '<button>',
          `<input required name="${EVIL}" placeholder="${EVIL}"><button>${EVIL}`,
        ),
      ),
  },
  'the error of the callback': {
    [LEGS['login page']]: ({ response, url }) => {
      const target = new URL(url.searchParams.get('redirect_uri') ?? '');
      target.search = String(
        new URLSearchParams({
          error: EVIL,
          error_description: EVIL,
          error_uri: EVIL,
          state: url.searchParams.get('state') ?? '',
        }),
      );
      response.writeHead(302, { location: target.href }).end();
    },
  },
  'the token error': {
    [LEGS.token]: (visit) =>
      json(visit, { error: EVIL, error_description: EVIL, error_uri: EVIL }, 400),
  },
  'the tools': {
    [LEGS.challenge]: (visit) => {
      const { id, method } = JSON.parse(visit.body);
      if (method !== 'tools/list' || !visit.request.headers.authorization) return visit.lawfully();
      const tools = [{ name: EVIL, description: EVIL, inputSchema: { type: 'object' } }];
      json(visit, { jsonrpc: '2.0', id, result: { tools } });
    },
  },
  'the MCP error': {
    [LEGS.challenge]: (visit) => {
      if (!visit.request.headers.authorization) return visit.lawfully();
      const { id } = JSON.parse(visit.body);
      json(visit, { jsonrpc: '2.0', id, error: { code: 1, message: EVIL, data: EVIL } });
    },
  },
};

test.concurrent.each(Object.entries(ROWS))(
  'what %s says steers no terminal, live or shown again',
  async (_, behaviour) => {
    const server = await startHostile(behaviour);
    try {
      const ended = await program.start([
        server.mcpUrl,
        ...['--username', USER.name, '--password', USER.password, '--verbose'],
      ]).ended;
      expectUnharmed(ended, [0, 1, 3], server.secrets);
      expect(ended.stderr).not.toMatch(/^::/m);
      const [name = ''] = readdirSync(join(ended.cwd, 'traces'));
      const trace = join(ended.cwd, 'traces', name);
      for (const format of REPORT_NAMES) {
        const shown = await program.start(['show', trace, '--format', format]).ended;
        expect(shown.code).toBe(0);
        // A carriage return is white space in a document.
        expectPlain(
          format === 'html' ? { ...shown, stdout: shown.stdout.replaceAll('\r', '') } : shown,
        );
      }
    } finally {
      await server.close();
    }
  },
);
