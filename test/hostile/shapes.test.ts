/** Documents and conversations of unreasonable size, and answers that break off at any byte. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
import { buildProgram, type Program } from './process.ts';
import {
  type Behaviour,
  json,
  LEGS,
  page,
  redirect,
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

const LOGIN = ['--username', USER.name, '--password', USER.password];

async function run(behaviour: Behaviour, codes: readonly number[]) {
  const server = await startHostile(behaviour);
  try {
    const ended = await program.start([server.mcpUrl, ...LOGIN]).ended;
    return { trace: expectUnharmed(ended, codes, server.secrets), server };
  } finally {
    await server.close();
  }
}

test.each([20_000, 50_000])('of %d authorization servers hardly any is asked', async (length) => {
  const { server } = await run(
    {
      [LEGS['resource metadata']]: (visit) =>
        json(visit, {
          ...resourceDocument(visit),
          authorization_servers: Array.from(
            { length },
            (_, index) => `${visit.server.origin}/${index}`,
          ),
        }),
    },
    // A list too long to be read leaves the layout of 2025-03-26 to be tried.
    [1, 3],
  );
  expect(server.visits.length).toBeLessThan(20);
});

test('login pages without an end are given up', async () => {
  let step = 0;
  const { server } = await run(
    {
      'POST /login': (visit) => {
        step += 1;
        page(
          visit,
          `<form method=post action=/login?${step}><input name=a><button>Continue</button></form>`,
        );
      },
    },
    [3],
  );
  expect(server.visits.filter(({ route }) => route === 'POST /login').length).toBeLessThan(30);
});

test('redirects of the login page without an end are given up', async () => {
  let hop = 0;
  const { server } = await run(
    {
      [LEGS['login page']]: (visit) => {
        hop += 1;
        redirect(visit, `/authorize?hop=${hop}`);
      },
    },
    [3],
  );
  expect(server.visits.length).toBeLessThan(60);
});

test('a step-up without an end is given up', async () => {
  let scope = 0;
  const { server } = await run(
    {
      [LEGS.challenge]: (visit) => {
        if (!visit.request.headers.authorization) return visit.lawfully();
        scope += 1;
        visit.response
          .writeHead(403, {
            'www-authenticate': `Bearer error="insufficient_scope", scope="s${scope}"`,
          })
          .end();
      },
    },
    [3],
  );
  expect(server.visits.filter(({ route }) => route === LEGS.token).length).toBeLessThan(5);
});

test('pages of tools without an end are given up', async () => {
  let cursor = 0;
  const { server } = await run(
    {
      [LEGS.challenge]: (visit) => {
        const { id, method } = JSON.parse(visit.body);
        if (method !== 'tools/list' || !visit.request.headers.authorization)
          return visit.lawfully();
        cursor += 1;
        const tools = [{ name: `tool-${cursor}`, inputSchema: { type: 'object' } }];
        json(visit, { jsonrpc: '2.0', id, result: { tools, nextCursor: String(cursor) } });
      },
    },
    [0, 1, 3],
  );
  expect(server.visits.length).toBeLessThan(1000);
});

/** A sample of the places where the answer of each leg is cut, by its bytes. */
const CUTS = [0, 1, 9, 17, 40, 90, 150, 200];

test.concurrent.each(
  Object.entries(LEGS).flatMap(([leg, route]) => CUTS.map((at) => [leg, at, route] as const)),
)('an answer at the %s that is reset after %d bytes loses nothing', async (_, at, route) => {
  const server = await startHostile({
    [route]: (visit) => {
      const body = JSON.stringify(serverDocument(visit));
      const whole = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      visit.socket.write(whole.slice(0, at), () => visit.socket.resetAndDestroy());
    },
  });
  try {
    const ended = await program.start([server.mcpUrl, ...LOGIN]).ended;
    const trace = expectUnharmed(ended, [1, 3], server.secrets);
    expect(trace.trace_log.some(({ failure }) => failure)).toBe(true);
  } finally {
    await server.close();
  }
});
