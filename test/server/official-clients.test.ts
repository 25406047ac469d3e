/** The official SDK's clients, old and new, go through the whole flow against our server. */
import { UnauthorizedError } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { approve, REDIRECT } from './client.ts';
import { createProvider, current, type Open, old } from './official-client.ts';
import { servedBy } from './support.ts';

const server = servedBy();
const split = servedBy({ split: true, tokens: 'opaque', answers: 'sse' });

const provided = () => createProvider(REDIRECT, async (url) => (await approve(url)).location ?? '');

test.each<[string, () => typeof server, Open]>([
  ['the current client', () => server, current('auto')],
  ['the current client in a session', () => server, current('legacy')],
  ['the current client, two origins', () => split, current('auto')],
  ['the old client', () => server, old],
  ['the old client, two origins', () => split, old],
])('%s logs in and calls a tool', async (_, target, open) => {
  const provider = provided();
  const { connect, finish, call, close } = open(target().mcpUrl, provider);
  await expect(connect()).rejects.toThrow(/unauthorized/i);
  await finish(provider.parameters());
  await connect();
  expect(JSON.stringify(await call('whoami'))).toContain('testuser');
  await close();
});

test('a refused call names UnauthorizedError to the current client', async () => {
  const connection = current('auto')(server.mcpUrl, provided());
  await expect(connection.connect()).rejects.toBeInstanceOf(UnauthorizedError);
});
