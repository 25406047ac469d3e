/** Chromium, and pages in it that tell what they do. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { CHROMIUM, isPresent, needs } from './programs.ts';

const require = createRequire(import.meta.url);

/** A page, and what it did beyond being shown. */
export interface Opened {
  readonly page: Page;
  /** What stood on the console, errors, dialogs, and requests other than for the page itself. */
  readonly wrongs: readonly string[];
}

/** Opens a document in a context of its own. */
export type Open = (html: string, options?: BrowserContextOptions) => Promise<Opened>;

/** One browser for the tests of a file; they are skipped on a machine without. */
export function useChromium(): Open {
  let browser: Browser | undefined;
  let folder = '';
  needs(CHROMIUM);
  beforeAll(async () => {
    if (!isPresent(CHROMIUM)) return;
    folder = await mkdtemp(join(tmpdir(), 'readers-'));
    browser = await chromium.launch({ executablePath: CHROMIUM.path, args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    if (folder !== '') await rm(folder, { recursive: true });
  });
  return async (html, options) => {
    if (!browser) throw new Error('Chromium has not started');
    const file = join(folder, `${crypto.randomUUID()}.html`);
    await writeFile(file, html);
    const page = await (await browser.newContext(options)).newPage();
    const url = pathToFileURL(file).href;
    const wrongs = watch(page, url);
    await page.goto(url);
    return { page, wrongs };
  };
}

function watch(page: Page, url: string): readonly string[] {
  const wrongs: string[] = [];
  page.on('console', (message) => wrongs.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => wrongs.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (request.url() !== url) wrongs.push(`request: ${request.url()}`);
  });
  return wrongs;
}

/** The text of a script that a package ships for browsers. */
export function browserScript(path: string): string {
  return readFileSync(require.resolve(path), 'utf8');
}
