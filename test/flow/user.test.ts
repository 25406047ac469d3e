import { expect, onTestFinished, test } from 'vitest';
import { CLIENTS } from '../../src/clients/index.ts';
import { checkUser, createUser, type Errand } from '../../src/flow/user.ts';
import { startServer } from '../../src/server/start.ts';
import { startWorld } from '../../src/server/worlds/index.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import { redact } from '../../src/trace/redact.ts';
import type { Trace } from '../../src/trace/schema.ts';

const ADA = { username: 'ada', password: 'correct horse', email: 'ada@user.example' };

function errand(url: string): Errand {
  return {
    flow: {
      url,
      profile: CLIENTS[0],
      revision: 'auto',
      lenient: false,
      authorizeParameters: [],
      callback: { host: '127.0.0.1', port: 0, path: '/callback' },
      consentTimeout: 60_000,
      keep: false,
    },
    connection: { timeout: 60_000 },
    timeout: 60_000,
    maxBody: 256 * 1024,
    userAgent: 'test',
    headers: [],
    username: 'ada',
    source: 'user',
    signal: new AbortController().signal,
    observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} },
    say: () => {},
    ask: async () => '',
  };
}

async function reference(): Promise<Errand> {
  const server = await startServer();
  onTestFinished(() => server.close());
  return errand(server.mcpUrl);
}

async function worldOf(name: string): Promise<Errand> {
  const world = await startWorld(name);
  onTestFinished(() => world.close());
  return errand(world.mcpUrl);
}

function requestsOf({ trace_log }: Trace): readonly string[] {
  return trace_log.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
}

test.each([
  ['the reference server', reference],
  ['the world legacy', () => worldOf('legacy')],
])('%s: a user is created, exists from then on, and can log in', async (_, start) => {
  const wanted = await start();
  const kinds = [
    (await checkUser(wanted, ADA)).finding.kind,
    (await createUser(wanted, ADA)).finding.kind,
    (await createUser(wanted, ADA)).finding.kind,
    (await checkUser(wanted, ADA)).finding.kind,
    (await checkUser(wanted, { ...ADA, password: 'wrong' })).finding.kind,
  ];
  expect(kinds).toEqual(['refused', 'created', 'exists', 'accepted', 'refused']);
});

test('what was registered on the way is cleaned up, and nothing is approved', async () => {
  const { trace } = await createUser(await reference(), ADA);
  const requests = requestsOf(trace);
  expect(requests).toContain('POST /signup');
  expect(requests).not.toContain('POST /consent');
  expect(requests.at(-1)).toMatch(/^DELETE \/register\//);
  expect(trace.sequence_summary).toMatchObject({
    outcome: 'refused',
    failed_step: 'authorization',
    reason: expect.stringMatching(/^the account was created.*; nothing was approved$/),
  });
});

test('a sign-up form whose path is known needs no sequence', async () => {
  const wanted = await worldOf('legacy');
  const { trace, finding } = await createUser(wanted, ADA, '/register_user');
  expect(finding.kind).toBe('created');
  expect(requestsOf(trace)).toEqual([
    'GET /register_user',
    'POST /register_user',
    'GET /register_user',
  ]);
  expect(parseTrace(JSON.stringify(redact(trace))).sequence_summary.steps).toHaveLength(1);
  expect((await checkUser(wanted, ADA)).finding.kind).toBe('accepted');
});

test('a server that is not there leaves a trace that says so', async () => {
  const server = await startServer();
  await server.close();
  const wanted = errand(server.mcpUrl);
  const results = [await createUser(wanted, ADA), await createUser(wanted, ADA, '/signup')];
  for (const { finding, trace } of results) {
    expect(finding.kind).toBe('unreached');
    expect(finding.message).toContain('ECONNREFUSED');
    expect(trace.sequence_summary.outcome).toBe('failed');
    expect(trace.trace_log[0]?.failure?.code).toBe('ECONNREFUSED');
  }
});

test('users of a provider behind the MCP server can be checked too', async () => {
  const wanted = await worldOf('federated');
  const user = { username: 'testuser', password: 'testpass' };
  expect((await checkUser(wanted, user)).finding.kind).toBe('accepted');
  expect((await createUser(wanted, ADA)).finding.kind).toBe('no-form');
});

test('the password stands in no trace once it is redacted', async () => {
  const { trace } = await createUser(await reference(), ADA);
  const text = JSON.stringify(
    redact(trace, [{ kind: 'password', value: ADA.password, human: true }]),
  );
  expect(text).not.toContain('correct horse');
  expect(text).not.toContain('correct+horse');
});
