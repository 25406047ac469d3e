import type { Consent, ConsentTools } from './consent.ts';
import { createDriver, type DriverOptions } from './driver.ts';
import { createNavigator } from './navigation/navigator.ts';

/** What the form driver may fill in and press, and how long it goes on. */
export interface FormOptions extends DriverOptions {
  /** Default 12. */
  readonly maxPages?: number | undefined;
  readonly userAgent?: string | undefined;
}

/** Pages that are driven before it is clear that they lead nowhere. */
const MOST_PAGES = 12;

/**
 * Nobody at the keyboard: login and consent pages are read, filled in and sent as a browser without
 * scripts would, until the callback is reached.
 */
export function form(options: FormOptions = {}): Consent {
  return { name: 'form', approve: (url, tools) => drive(url, options, tools) };
}

async function drive(
  url: string,
  options: FormOptions,
  tools: ConsentTools,
): Promise<string | undefined> {
  const { maxPages = MOST_PAGES, userAgent } = options;
  const { http, signal, redirectUri } = tools;
  const navigator = createNavigator({ http, signal, redirectUri, ...(userAgent && { userAgent }) });
  const driver = createDriver(options, tools);
  let landing = await navigator.open(url);
  for (let count = 1; landing.kind === 'page'; count += 1) {
    if (count > maxPages) throw driver.giveUp(landing, maxPages);
    landing = await navigator.leave(landing, await driver.leave(landing));
  }
  return landing.untaken;
}
