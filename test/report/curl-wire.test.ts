/** What curl itself puts on the wire, held against what the trace says was there. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curl } from '../../src/report/curl.ts';
import type { Body } from '../../src/trace/schema.ts';
import { edit, textBody } from '../rules/support.ts';
import { PLAIN, subjectOf } from './hostile.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: readonly string[];
  readonly body: string;
}

describe.skipIf(!existsSync('/usr/bin/curl'))('a line of the curl report', () => {
  let server: Server;
  let origin: string;
  const seen: Seen[] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { method, url, rawHeaders: headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(parts).toString('latin1') });
      response.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  /** Runs the line of exchange 10 and tells what arrived. */
  async function send(
    path: string,
    body: Body | undefined,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Seen | undefined> {
    const { trace } = edit()
      .url('token', `${origin}${path}`)
      .requestHeader('token', 'x-nasty', `it's "$HOME" \\ *`)
      .exchange('token', (one) => (body ? { ...one, request: { ...one.request, body } } : one));
    const script = curl(subjectOf(trace), { ...PLAIN, exchange: 10 });
    const line = script.split('\n').find((one) => /^(?:curl|printf) /.test(one)) ?? '';
    await promisify(execFile)('sh', ['-c', line], { env: { PATH: '/usr/bin:/bin', ...variables } });
    return seen.at(-1);
  }

  it('sends method, path, headers and form as recorded, secrets from the variables', async () => {
    const variables = { CODE: 'a b&c', CODE_VERIFIER: 'v' };
    const sent = await send('/t1/[x]/../token?a={b}', undefined, variables);
    expect(sent?.method).toBe('POST');
    expect(sent?.url).toBe('/t1/[x]/../token?a={b}');
    expect(sent?.headers).toContain(`it's "$HOME" \\ *`);
    expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'a b&c',
      code_verifier: 'v',
      redirect_uri: 'http://127.0.0.1:49321/callback',
      client_id: 'c-17',
      resource: 'https://api.demo.test/team/mcp',
    });
  });

  it('sends a body of several lines as it was', async () => {
    const text = 'first\r\n@second %s \\n\n';
    expect((await send('/', textBody(text, 'text/plain')))?.body).toBe(text);
  });

  it('sends bytes as they were', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const body = { media_type: 'x/y', size: 256, base64: bytes.toString('base64') };
    expect((await send('/', body))?.body).toBe(bytes.toString('latin1'));
  });
});
