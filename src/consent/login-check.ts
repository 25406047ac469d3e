import { ConsentError, type ConsentTools } from './consent.ts';
import { createDriver, type DriverOptions } from './driver.ts';
import { createNavigator, type PageLanding } from './navigation/navigator.ts';

/** What came of logging in; the message says what was seen. */
export interface LoginFinding {
  readonly kind: 'accepted' | 'refused' | 'no-login';
  readonly message: string;
}

/** Pages that are driven before it is clear that they lead nowhere. */
const MOST_PAGES = 12;

/**
 * Logs in on a server's own pages and stops there: what comes after the login is not approved.
 * @throws {ConsentError} where a page cannot be driven before anything was typed.
 * @throws {HttpError} where a page brings no answer.
 */
export async function checkLogin(
  url: string,
  options: DriverOptions,
  tools: ConsentTools,
): Promise<LoginFinding> {
  const { http, signal, redirectUri } = tools;
  const navigator = createNavigator({ http, signal, redirectUri });
  // What the driver would do with the page after the login is not done, and not told.
  let told: readonly string[] = [];
  const say = (text: string): void => {
    told = [...told, text];
  };
  const driver = createDriver(options, { ...tools, say });
  let landing = await navigator.open(url);
  let typed = false;
  for (let count = 0; landing.kind === 'page'; count += 1) {
    if (count === MOST_PAGES) throw driver.giveUp(landing, MOST_PAGES);
    const next = await departureFrom(landing, typed, driver);
    if ('kind' in next) return next;
    if (typed && next.departure.typed !== true) return ACCEPTED;
    typed ||= next.departure.typed === true;
    for (const text of told) tools.say(text);
    told = [];
    landing = await navigator.leave(landing, next.departure);
  }
  return typed ? ACCEPTED : NO_LOGIN;
}

const ACCEPTED: LoginFinding = { kind: 'accepted', message: 'the login was accepted' };
const NO_LOGIN: LoginFinding = {
  kind: 'no-login',
  message: 'the request was approved without any login, expected a login page',
};

type Driver = ReturnType<typeof createDriver>;

/** How a page is left; after a login, a page that cannot be left any more says what came of it. */
async function departureFrom(
  landing: PageLanding,
  typed: boolean,
  driver: Driver,
): Promise<{ readonly departure: Awaited<ReturnType<Driver['leave']>> } | LoginFinding> {
  try {
    return { departure: await driver.leave(landing) };
  } catch (error) {
    if (!(error instanceof ConsentError) || !typed) throw error;
    if (error.code === 'page-not-drivable') return ACCEPTED;
    return { kind: 'refused', message: error.message };
  }
}
