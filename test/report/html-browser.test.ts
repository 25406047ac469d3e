/** The page in a real browser; Debian's Chromium, or the one that CHROMIUM names. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { html } from '../../src/report/html.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { hostileTrace, PAYLOADS, PLAIN, subjectOf } from './hostile.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('html in Chromium', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trace-page-'));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens the page of a trace and collects whatever it does that it must not. */
  async function open(
    trace: Trace,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; wrongs: string[] }> {
    const file = join(folder, `${crypto.randomUUID()}.html`);
    await writeFile(file, html(subjectOf(trace), PLAIN));
    const page = await (await browser.newContext(options)).newPage();
    const url = pathToFileURL(file).href;
    const wrongs: string[] = [];
    page.on('console', (message) => wrongs.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => wrongs.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== url) wrongs.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, wrongs };
  }

  const shown = (page: Page): Promise<unknown> =>
    page.evaluate(
      "[...document.querySelectorAll('.exchange')].filter((one) => !one.hidden).map((one) => one.dataset.exchange)",
    );

  it('opens without an error and loads nothing', async () => {
    const { wrongs } = await open(happyTrace());
    expect(wrongs).toEqual([]);
  });

  it('runs nothing and asks for nothing that a hostile server wrote', async () => {
    for (const text of [PAYLOADS.join('\n'), ...PAYLOADS.slice(0, 3)]) {
      const { page, wrongs } = await open(hostileTrace(text));
      await page.click('#unfold');
      await page.hover('h1');
      expect(wrongs, text).toEqual([]);
    }
  });

  it('unfolds an exchange when its arrow is clicked', async () => {
    const { page } = await open(happyTrace());
    await page.click('.arrows a[href="#x10"]');
    expect(await page.isVisible('#x10')).toBe(true);
  });

  it('does so without a script too', async () => {
    const { page } = await open(happyTrace(), { javaScriptEnabled: false });
    expect(await page.isVisible('#toolbar')).toBe(false);
    await page.click('.arrows a[href="#x10"]');
    expect(await page.isVisible('#x10')).toBe(true);
  });

  it('shows the timeline without a script', async () => {
    const { page } = await open(happyTrace(), { javaScriptEnabled: false });
    await page.click('label[for=show-timeline]');
    expect(await page.isVisible('.timeline')).toBe(true);
    expect(await page.isVisible('.diagram')).toBe(false);
  });

  it('is walked through with j and k, unfolded with Enter, searched with /', async () => {
    const { page, wrongs } = await open(happyTrace());
    for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
    expect(await page.isVisible('#x2')).toBe(true);
    await page.keyboard.press('/');
    await page.keyboard.type('tools/list');
    expect(await shown(page)).toEqual(['13', '16']);
    await page.keyboard.press('Escape');
    expect(await shown(page)).toHaveLength(happyTrace().trace_log.length);
    expect(wrongs).toEqual([]);
  });

  it('filters by step and by findings', async () => {
    const { page } = await open(edit().header('challenge', 'www-authenticate', undefined).trace);
    await page.selectOption('#step', 'token');
    expect(await shown(page)).toEqual(['10']);
    await page.selectOption('#step', '');
    await page.check('#pinned');
    expect(await shown(page)).toContain('1');
    expect(await shown(page)).not.toContain('10');
  });

  it('fits a narrow screen without scrolling sideways', async () => {
    const { page } = await open(happyTrace(), { viewport: { width: 360, height: 800 } });
    await page.click('#unfold');
    expect(
      await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      ),
    ).toBe(0);
  });

  it('puts diagram and timeline one below the other on paper', async () => {
    const { page } = await open(happyTrace());
    await page.emulateMedia({ media: 'print' });
    const diagram = await page.locator('.diagram-panel').boundingBox();
    const timeline = await page.locator('.timeline-panel').boundingBox();
    expect(timeline?.y).toBeGreaterThanOrEqual((diagram?.y ?? 0) + (diagram?.height ?? 0));
  });

  it('leaves none of nine steps alone in a row', async () => {
    for (const width of [400, 800, 1200, 1600]) {
      const { page } = await open(happyTrace(), { viewport: { width, height: 800 } });
      const tops: number[] = await page.evaluate(
        "[...document.querySelectorAll('.step')].map((one) => one.offsetTop)",
      );
      expect(tops.filter((top) => top === tops.at(-1)).length, String(width)).toBeGreaterThan(1);
    }
  });

  it('unfolds everything for paper', async () => {
    const { page } = await open(happyTrace());
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.isVisible('#x19')).toBe(true);
  });
});
