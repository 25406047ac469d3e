/** The curl lines as a shell and curl itself take them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl } from '../../src/report/curl.ts';
import { type RunningServer, startServer } from '../../src/server/start.ts';
import type { Exchange, Trace } from '../../src/trace/schema.ts';
import { runHeadlessly } from '../interop/run.ts';
import { PLAIN, subjectOf } from '../report/hostile.ts';
import { CURL, needs, run } from './programs.ts';
import { GOLDEN, golden, HOSTILE, THREE } from './subjects.ts';

const script = (trace: Trace, exchange?: number): string =>
  curl(subjectOf(trace), { ...PLAIN, ...(exchange !== undefined && { exchange }) });

describe('a shell', () => {
  test.each([...THREE, ...HOSTILE])('reads the lines: $name', async ({ trace }) => {
    expect(await run('sh', ['-n'], { input: script(trace) })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  test.each(GOLDEN)('reads the lines of a golden trace: %s', async (name) => {
    const input = script(golden(name));
    expect(await run('sh', ['-n'], { input })).toMatchObject({ code: 0, stderr: '' });
  });

  test('refuses a line with a quote left open', async () => {
    const input = `${script(golden('healthy'))}\ncurl 'http`;
    expect(await run('sh', ['-n'], { input })).not.toMatchObject({ code: 0 });
  });
});

describe('curl', () => {
  needs(CURL);
  let server: RunningServer;
  let trace: Trace;
  beforeAll(async () => {
    server = await startServer();
    const user = { username: 'testuser', password: 'testpass' };
    // Kept: the token that the lines send is to be good still.
    trace = (await runHeadlessly(server.mcpUrl, user, { flow: { keep: true } })).trace;
  });
  afterAll(() => server.close());

  /** What curl prints when the line of an exchange runs again. */
  async function again({ id }: Exchange): Promise<string> {
    const ACCESS_TOKEN = tokenOf(trace);
    const { code, stdout, stderr } = await run('sh', ['-eu'], {
      input: script(trace, id),
      env: { ACCESS_TOKEN },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  test('gets the documents that the run got', async () => {
    const documents = trace.trace_log.filter(
      ({ step, response }) => /-metadata$/.test(step) && response?.status === 200,
    );
    expect(documents).toHaveLength(2);
    for (const document of documents) {
      const [head = '', body = ''] = (await again(document)).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 200 /);
      expect(body).toBe(document.response?.body?.text);
    }
  });

  test('is challenged as the run was', async () => {
    const printed = await again(exchangeWith(401));
    expect(printed).toMatch(/^HTTP\/1\.1 401 /);
    expect(printed).toMatch(/^www-authenticate: Bearer .*resource_metadata=/im);
  });

  test('is let in with the token of the run', async () => {
    const printed = await again(initialization());
    expect(printed).toMatch(/^HTTP\/1\.1 200 /);
    expect(printed).toContain('"serverInfo"');
  });

  test('is not sent at all without the secret that it takes', async () => {
    const ending = await run('sh', ['-eu'], { input: script(trace, initialization().id) });
    expect(ending).toMatchObject({ stdout: '' });
    expect(ending.stderr).toContain('ACCESS_TOKEN');
    expect(ending.code).not.toBe(0);
  });

  const exchangeWith = (status: number): Exchange =>
    found(trace.trace_log.find(({ response }) => response?.status === status));
  const initialization = (): Exchange =>
    found(
      trace.trace_log.find(
        ({ step, request }) => step === 'call' && request.body?.text?.includes('"initialize"'),
      ),
    );
});

function found(exchange: Exchange | undefined): Exchange {
  if (!exchange) throw new Error('the run holds no such exchange');
  return exchange;
}

function tokenOf({ trace_log }: Trace): string {
  const answer = trace_log.find(({ step }) => step === 'token')?.response?.body?.text ?? '{}';
  return String((JSON.parse(answer) as { access_token?: unknown }).access_token);
}
