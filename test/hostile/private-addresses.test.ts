/** A remote server that points the client at the machine it runs on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
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

const ROWS: Readonly<Record<string, (inner: Server) => Behaviour>> = {
  'the pointer in the challenge': ({ origin }) => ({
    [LEGS.challenge]: ({ response }) =>
      void response
        .writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${origin}/prm"` })
        .end(),
  }),
  'a redirect of the metadata': ({ origin }) => ({
    [LEGS['resource metadata']]: (visit) => redirect(visit, `${origin}/prm`),
  }),
  'the authorization server': ({ origin }) => ({
    [LEGS['resource metadata']]: (visit) =>
      json(visit, { ...resourceDocument(visit), authorization_servers: [origin] }),
  }),
  'the registration endpoint': ({ origin }) => ({
    [LEGS['server metadata']]: (visit) =>
      json(visit, { ...serverDocument(visit), registration_endpoint: `${origin}/register` }),
  }),
  'the authorization endpoint': ({ origin }) => ({
    [LEGS['server metadata']]: (visit) =>
      json(visit, { ...serverDocument(visit), authorization_endpoint: `${origin}/authorize` }),
  }),
  'the token endpoint': ({ origin }) => ({
    [LEGS['server metadata']]: (visit) =>
      json(visit, { ...serverDocument(visit), token_endpoint: `${origin}/token` }),
  }),
  'a redirect of the login page': ({ origin }) => ({
    [LEGS['login page']]: (visit) => redirect(visit, `${origin}/admin`),
  }),
  'an address spelled as IPv6': ({ origin }) => ({
    [LEGS['server metadata']]: (visit) =>
      json(visit, {
        ...serverDocument(visit),
        token_endpoint: origin.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
      }),
  }),
  'an address spelled as a number': ({ origin }) => ({
    [LEGS['server metadata']]: (visit) =>
      json(visit, {
        ...serverDocument(visit),
        token_endpoint: origin.replace('127.0.0.1', '2130706433'),
      }),
  }),
};

async function run(
  behaviour: (inner: Server) => Behaviour,
  name: string,
  more: readonly string[],
  resolved: Readonly<Record<string, readonly string[]>> = {},
) {
  const [innerName = '127.0.0.1'] = Object.keys(resolved);
  const inner = await startHostile({ '*': (visit) => json(visit, {}) }, innerName);
  const server = await startHostile(behaviour(inner), name);
  try {
    const { port } = new URL(server.origin);
    const ended = await program.start(
      [
        server.mcpUrl,
        ...['--username', USER.name, '--password', USER.password, '--lenient'],
        ...['--resolve', `${name}:${port}:127.0.0.1`],
        ...more,
      ],
      { imports: 'resolver', env: { RESOLVED: JSON.stringify(resolved) } },
    ).ended;
    expectUnharmed(ended, [1, 3], server.secrets);
    return { visits: inner.visits, ended };
  } finally {
    await Promise.all([server.close(), inner.close()]);
  }
}

describe.concurrent.each(Object.entries(ROWS))('%s', (_, behaviour) => {
  test('leads nowhere when a remote server names this machine', async () => {
    const { visits, ended } = await run(behaviour, 'mcp.example.com', []);
    expect(visits).toEqual([]);
    expect(ended.stderr).toContain('--allow-private');
  });
});

/** What the name server says of a host that the documents of a remote server name. */
const ADDRESSES: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['10.1.2.3'],
  ['169.254.169.254'],
  ['::1'],
  ['fd00::1'],
  ['::ffff:127.0.0.1'],
  ['64:ff9b::7f00:1'],
  ['203.0.113.9', '127.0.0.1'],
  ['127.0.0.1', '203.0.113.9'],
];

const NAMING = ['the authorization server', 'the token endpoint', 'a redirect of the metadata'];

describe.concurrent.each(NAMING)('%s has a public name', (what) => {
  const behaviour = ROWS[what] as (inner: Server) => Behaviour;

  test.each(ADDRESSES)('that is not dialled at %s %s', async (...addresses) => {
    const resolved = { 'inner.example.net': addresses };
    const { visits, ended } = await run(behaviour, 'mcp.example.com', [], resolved);
    expect(visits).toEqual([]);
    expect(ended.stderr).toMatch(
      /inner\.example\.net \([\da-f.:]+\) is an address of this machine/,
    );
  });

  test('that is dialled with --allow-private', async () => {
    const resolved = { 'inner.example.net': ['127.0.0.1'] };
    const { visits } = await run(behaviour, 'mcp.example.com', ['--allow-private'], resolved);
    expect(visits.length).toBeGreaterThan(0);
  });
});

test('a remote server may name this machine with --allow-private', async () => {
  const behaviour = ROWS['the authorization server'] as (inner: Server) => Behaviour;
  const { visits } = await run(behaviour, 'mcp.example.com', ['--allow-private']);
  expect(visits.length).toBeGreaterThan(0);
});

test('a server on this machine may name others on it', async () => {
  const behaviour = ROWS['the authorization server'] as (inner: Server) => Behaviour;
  const { visits } = await run(behaviour, 'localhost', []);
  expect(visits.length).toBeGreaterThan(0);
});
