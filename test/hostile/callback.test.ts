/** What arrives at the callback listener of a waiting run. */
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
import { buildProgram, type Program } from './process.ts';
import { LEGS, startHostile } from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

interface Waiting {
  readonly redirectUri: string;
  readonly state: string;
}

function readUrl(stderr: string): Waiting {
  const url = new URL(/http:\/\/127\.0\.0\.1:\d+\/authorize\S+/.exec(stderr)?.[0] ?? '');
  const of = (name: string): string => url.searchParams.get(name) ?? '';
  return { redirectUri: of('redirect_uri'), state: of('state') };
}

/** Visits the listener with exactly these headers. */
function visit(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const { port, pathname, search } = target;
    request({ host: '127.0.0.1', port, path: pathname + search, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

const STRANGERS: Readonly<Record<string, (waiting: Waiting) => readonly [string, object?]>> = {
  'a wrong state': ({ redirectUri }) => [`${redirectUri}?code=stolen-code-1&state=wrong`],
  'no state': ({ redirectUri }) => [`${redirectUri}?code=stolen-code-1`],
  'the state twice': ({ redirectUri, state }) => [
    `${redirectUri}?code=a&state=${state}&state=${state}`,
  ],
  'the code twice': ({ redirectUri, state }) => [`${redirectUri}?code=a&code=b&state=${state}`],
  'neither code nor error': ({ redirectUri, state }) => [`${redirectUri}?state=${state}`],
  'the Host of another site': ({ redirectUri, state }) => [
    `${redirectUri}?code=a&state=${state}`,
    { host: 'evil.example' },
  ],
};

test.concurrent.each(Object.entries(STRANGERS))(
  '%s is answered and recorded, and the run goes on waiting',
  async (_, stranger) => {
    const server = await startHostile();
    const run = program.start([server.mcpUrl, '--consent', 'print']);
    try {
      const waiting = readUrl(await run.says(/authorize\S+\s/));
      const status = await visit(...(stranger(waiting) as Parameters<typeof visit>));
      expect([400, 403]).toContain(status);
      expect(await visit(new URL('/favicon.ico', waiting.redirectUri).href)).toBe(404);
      const { code } = server.issued;
      expect(await visit(`${waiting.redirectUri}?code=${code}&state=${waiting.state}`)).toBe(200);
      const trace = expectUnharmed(await run.ended, [0, 1], server.secrets);
      const callbacks = trace.trace_log.filter(({ channel }) => channel === 'loopback');
      expect(callbacks.map(({ response }) => response?.status)).toEqual([status, 200]);
    } finally {
      await server.close();
    }
  },
);

test('a callback that comes before its time, and one that is played again, are turned away', async () => {
  const statuses: number[] = [];
  let url = '';
  const server = await startHostile({
    [LEGS.registration]: (call) => {
      const [redirectUri] = JSON.parse(call.body).redirect_uris;
      void visit(`${redirectUri}?code=early&state=x`)
        .then((status) => statuses.push(status))
        .then(call.lawfully);
    },
    [LEGS.token]: (call) => {
      void visit(url)
        .then((status) => statuses.push(status))
        .then(call.lawfully);
    },
  });
  const run = program.start([server.mcpUrl, '--consent', 'print']);
  try {
    const { redirectUri, state } = readUrl(await run.says(/authorize\S+\s/));
    url = `${redirectUri}?code=${server.issued.code}&state=${state}`;
    await visit(url);
    expectUnharmed(await run.ended, [0, 1], server.secrets);
    expect(statuses.slice(0, 2)).toEqual([400, 400]);
  } finally {
    await server.close();
  }
});

test('an error in the callback ends the wait', async () => {
  const server = await startHostile();
  const run = program.start([server.mcpUrl, '--consent', 'print']);
  try {
    const { redirectUri, state } = readUrl(await run.says(/authorize\S+\s/));
    expect(await visit(`${redirectUri}?error=access_denied&state=${state}`)).toBe(200);
    const trace = expectUnharmed(await run.ended, [3], server.secrets);
    expect(trace.sequence_summary.reason).toContain('access_denied');
  } finally {
    await server.close();
  }
});
