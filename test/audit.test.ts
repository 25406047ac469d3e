/** `npm run audit` against a registry of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { folder } from './cli/command-line.ts';

const ADVISORY = {
  id: 1,
  url: 'https://advisories.example/1',
  title: 'it is broken',
  severity: 'high',
  vulnerable_versions: '*',
};

async function audit(status: number, advisories: object) {
  const asked: Record<string, readonly string[]>[] = [];
  const registry = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (request.method === 'POST')
      asked.push(JSON.parse(String(body[0] === 0x1f ? gunzipSync(body) : body)));
    const answer = request.method === 'POST' ? advisories : { name: 'undici', versions: {} };
    response.writeHead(request.method === 'POST' ? status : 200).end(JSON.stringify(answer));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  onTestFinished(() => void registry.close());
  const child = spawn(process.execPath, ['scripts/audit.js'], {
    env: {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
      npm_config_cache: folder(),
      npm_config_fetch_retries: '0',
    },
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  const [code] = await once(child, 'close');
  return { code, ...said, asked };
}

test('what ships is asked about, and nothing else', async () => {
  const { code, stdout, asked } = await audit(200, {});
  const names = Object.keys(asked[0] ?? {});
  expect(names).toEqual(expect.arrayContaining(['undici', 'zod', 'commander']));
  expect(names).not.toContain('vitest');
  expect(stdout).toContain(`0 of ${names.length} packages that ship`);
  expect(code).toBe(0);
});

test('what is known against one of them fails', async () => {
  const { code, stdout } = await audit(200, { undici: [ADVISORY] });
  expect(stdout).toContain('high undici');
  expect(code).toBe(1);
});

test.each([405, 500])(
  'a registry that answers %d is no good news, and one line',
  async (status) => {
    const { code, stdout, stderr } = await audit(status, {});
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^not audited, the registry does not answer: .+\n$/);
    expect(stderr).toContain(`${status}`);
    expect(code).toBe(2);
  },
);
