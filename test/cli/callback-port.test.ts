import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { requireCallbackPort } from '../../src/cli/callback-port.ts';
import { UserError } from '../../src/cli/exit.ts';

test('a port that somebody listens on is refused before any request', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const callback = { host: '127.0.0.1', port, path: '/callback' };
  await expect(requireCallbackPort({ callback })).rejects.toThrow(UserError);
  await expect(requireCallbackPort({ callback })).rejects.toThrow(`port ${port}`);
});

test('a port that was free is free again afterwards', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const callback = { host: '127.0.0.1', port, path: '/callback' };
  await requireCallbackPort({ callback });
  await requireCallbackPort({ callback });
});
