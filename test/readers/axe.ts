/** What axe-core has against a page. */
import type { Page } from 'playwright-core';
import { browserScript } from './chromium.ts';

/** A fault that keeps somebody out. */
export interface Violation {
  readonly id: string;
  readonly impact: string;
  /** Where, as selectors: the first few places. */
  readonly targets: readonly string[];
}

const RUN = `axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) =>
  violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({ id, impact, targets: nodes.slice(0, 3).map(({ target }) => String(target)) })))`;

/** The serious and the critical ones. */
export async function violationsIn(page: Page): Promise<readonly Violation[]> {
  // As the debugger does it: the page's own policy forbids every script that it did not bring.
  await page.evaluate(browserScript('axe-core/axe.min.js'));
  return await page.evaluate<readonly Violation[]>(RUN);
}
