import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTrace } from '../../src/trace/parse.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { buildProgram, type Program, type Run } from '../cli/program.ts';

/** Debian's, or the one named; where there is none only a continuous integration insists. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(EXECUTABLE) && !process.env.CI)('a real browser', () => {
  let program: Program;
  let browser: Browser;
  let server: Run;
  let mcpUrl: string;

  beforeAll(async () => {
    program = buildProgram();
    server = program.run(['serve', '--json', '--user', 'alice:wonderland']);
    const [line] = await server.seen('stdout', /^.*\n/);
    mcpUrl = JSON.parse(line).mcp_url;
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    server.kill('SIGTERM');
    await server.ended;
    program.remove();
  });

  /** A run that waits for its user, and the user's first page. */
  async function start(): Promise<{ run: Run; page: Page }> {
    const run = program.run([mcpUrl, '--consent', 'print']);
    const [address] = await run.seen('stderr', /http:\S+\/authorize\?\S+/);
    const page = await (await browser.newContext()).newPage();
    await page.goto(address);
    await page.getByLabel(/user name/i).fill('alice');
    await page.getByLabel(/password/i).fill('wonderland');
    await page.getByRole('button', { name: 'Log in' }).click();
    return { run, page };
  }

  function savedTrace({ cwd }: Run): Trace {
    const [name = ''] = readdirSync(join(cwd, 'traces'));
    return parseTrace(readFileSync(join(cwd, 'traces', name), 'utf8'));
  }

  test('logs in and approves: the run completes, and the page says so', async () => {
    const { run, page } = await start();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: join(process.env.SCREENSHOTS, 'callback.png') });
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('Completed: ');
    expect(stdout + stderr).not.toContain('wonderland');
    const { sequence_summary, trace_log } = savedTrace(run);
    expect(sequence_summary.outcome).toBe('completed');
    expect(trace_log.filter(({ channel }) => channel === 'loopback')).not.toEqual([]);
  });

  test('denies: the run fails with what the server said, and the page says so', async () => {
    const { run, page } = await start();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'Not approved' }).waitFor();
    const { code, stdout } = await run.ended;
    expect(code).toBe(3);
    expect(stdout).toContain('access_denied');
  });
});
