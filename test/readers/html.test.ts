/** The page as people open it: with eyes, a keyboard, a screen reader, on paper, without a script. */
import { describe, expect, test } from 'vitest';
import { html } from '../../src/report/html.ts';
import { PLAIN, subjectOf } from '../report/hostile.ts';
import { type Violation, violationsIn } from './axe.ts';
import { useChromium } from './chromium.ts';
import { THREE } from './subjects.ts';

const open = useChromium();

const SHOWN = "[...document.querySelectorAll('.exchange')].filter((one) => !one.hidden).length";
const POLICY = `document.querySelector('meta[http-equiv="Content-Security-Policy"]').content`;
/** Ids of the exchanges of which a part cannot be seen. */
const UNSEEN = `[...document.querySelectorAll('.exchange')].filter((one) =>
  ![one.querySelector('summary'), one.querySelector('.inside')].every((part) =>
    part.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true, opacityProperty: true })
    && part.getBoundingClientRect().height > 0)).map((one) => one.dataset.exchange)`;
/** Tries to load an image, and tells which directive forbade it. */
const LOADING = `new Promise((resolve) => {
  addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true });
  const image = new Image();
  image.onload = image.onerror = () => setTimeout(() => resolve('nothing forbade it'));
  image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
})`;

describe.each(THREE)('the page of a trace that is $name', ({ trace }) => {
  const subject = subjectOf(trace);
  const source = html(subject, PLAIN);
  const count = trace.trace_log.length;

  test.each(['light', 'dark'] as const)(
    'has no serious fault for those who see it otherwise: %s',
    async (colorScheme) => {
      const { page } = await open(source, { colorScheme });
      await page.click('#unfold');
      expect(await violationsIn(page)).toEqual([]);
    },
  );

  test('loads nothing and leaves nothing on the console, all of it unfolded', async () => {
    const { page, wrongs } = await open(source);
    await page.click('#unfold');
    await page.click('label[for=show-timeline]');
    await page.hover('h1');
    expect(wrongs).toEqual([]);
  });

  test('has a policy that lets nothing in', async () => {
    const { page } = await open(source);
    const policy = String(await page.evaluate(POLICY));
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/);
    expect(policy).not.toContain('unsafe');
    expect(await page.evaluate(LOADING)).toBe('img-src');
  });

  test('is walked through with j and k and unfolded with Enter', async () => {
    const { page } = await open(source);
    await page.evaluate(
      "for (const one of document.querySelectorAll('.exchange')) one.open = false",
    );
    for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
    const unfolded =
      "[...document.querySelectorAll('.exchange[open]')].map((one) => one.dataset.exchange)";
    expect(await page.evaluate(unfolded)).toEqual([String(trace.trace_log[1]?.id)]);
  });

  test('is searched with / and whole again with Escape', async () => {
    const { page } = await open(source);
    await page.keyboard.press('/');
    await page.keyboard.type('words that no exchange holds');
    expect(await page.evaluate(SHOWN)).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.evaluate(SHOWN)).toBe(count);
  });

  test('hides no exchange on paper', async () => {
    const { page } = await open(source);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.evaluate(UNSEEN)).toEqual([]);
  });

  describe('without a script', () => {
    test('shows every step, finding and exchange, and no tool that would not work', async () => {
      const { page } = await open(source, { javaScriptEnabled: false });
      const text = await page.innerText('body');
      for (const { id } of trace.sequence_summary.steps) expect(text).toContain(id);
      for (const { rule } of subject.judgement.findings) expect(text).toContain(rule.id);
      expect(await page.locator('.exchange > summary:visible').count()).toBe(count);
      expect(await page.isVisible('#toolbar')).toBe(false);
    });

    test('unfolds an exchange when its line is clicked', async () => {
      const { page } = await open(source, { javaScriptEnabled: false });
      await page.click('.exchange:not([open]) > summary');
      expect(await page.locator('.exchange .inside:visible').count()).toBeGreaterThan(0);
    });

    test('hides no exchange on paper', async () => {
      const { page } = await open(source, { javaScriptEnabled: false });
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(UNSEEN)).toEqual([]);
    });
  });
});

test('what looks for faults of access finds one that is there', async () => {
  const { page } = await open('<!doctype html><title>x</title><main><img src="data:,"></main>');
  const found: readonly Violation[] = await violationsIn(page);
  expect(found.map(({ id }) => id)).toContain('image-alt');
});
