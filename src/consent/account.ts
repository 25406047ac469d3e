import { randomBytes } from 'node:crypto';
import { addressName } from './address.ts';
import { ConsentError, type ConsentTools } from './consent.ts';
import { createDriver } from './driver.ts';
import { readLanding } from './landing.ts';
import { createNavigator, type Landing, type PageLanding } from './navigation/navigator.ts';
import { submitterOf } from './pages/choice.ts';
import { submissionOf } from './pages/encode.ts';
import { type Answers, type Filled, fillForm } from './pages/fill.ts';
import { kindOf } from './pages/kinds.ts';
import { type Field, type Form, type Page, submittersOf } from './pages/page.ts';
import { formFor, purposeOf, signUpLink } from './pages/purpose.ts';
import { printable, withoutSecrets } from './printable.ts';

/** Who shall have an account. */
export interface Account {
  readonly username: string;
  readonly password: string;
  /** Needed only where the form asks for it. */
  readonly email?: string | undefined;
  /** Values by field name, for fields that are not recognised. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/** What came of asking for an account; the message says what was seen, and of a refusal what to do. */
export interface AccountFinding {
  readonly kind: 'created' | 'exists' | 'refused' | 'no-form';
  readonly message: string;
}

/** Pages on the way to the sign-up form: consent, login, links between them. */
const MOST_PAGES = 6;

/**
 * Finds a server's own sign-up form, on the page given or by its links, fills it in and sends it.
 * @throws {ConsentError} where a page leads somewhere unsafe.
 * @throws {HttpError} where a page brings no answer.
 */
export async function createAccount(
  url: string,
  account: Account,
  tools: ConsentTools,
): Promise<AccountFinding> {
  const { http, signal, redirectUri } = tools;
  const navigator = createNavigator({ http, signal, redirectUri });
  const found = await findForm(navigator, await navigator.open(url), account, tools);
  if ('kind' in found) return found;
  const { landing, page, form } = found;
  const button = submitterOf(form) ?? submittersOf(form)[0];
  const filled = fillForm(form, button, answersOf(account));
  if (filled.missing.length > 0) return unknownFields(page, filled);
  tools.say(`${nameOf(page)}: types ${filled.typed.join(', ')}, sends the form`);
  const boundary = `----WebKitFormBoundary${randomBytes(8).toString('hex')}`;
  const answer = await navigator.leave(landing, {
    ...submissionOf(form, button, filled.entries, boundary),
    clicked: true,
    typed: true,
    referrerPolicy: page.referrerPolicy,
  });
  return judge(answer, form, account);
}

function answersOf(account: Account): Answers {
  const { username, email, password } = account;
  return {
    kinds: { username, name: username, email, password },
    fields: fieldsOf(account),
    grants: false,
  };
}

function unknownFields(page: Page, { missing }: Filled): AccountFinding {
  const names = missing.map(({ name }) => JSON.stringify(printable(name, 40)));
  const options = new Set(missing.map(optionFor));
  return {
    kind: 'refused',
    message: `${nameOf(page)} asks for ${names.join(', ')}, which is not known; give ${[...options].join(', ')}`,
  };
}

function optionFor(field: Field): string {
  return kindOf(field) === 'email' ? '--email' : '--form name=value';
}

interface Found {
  readonly landing: PageLanding;
  readonly page: Page;
  readonly form: Form;
}

type Navigate = ReturnType<typeof createNavigator>;

/** Goes from page to page, as a user without an account would, and types nothing. */
async function findForm(
  navigator: Navigate,
  first: Landing,
  account: Account,
  tools: ConsentTools,
): Promise<Found | AccountFinding> {
  const driver = createDriver({}, tools);
  let landing = first;
  let seen = '';
  for (let count = 0; count < MOST_PAGES && landing.kind === 'page'; count += 1) {
    const page = readLanding(landing);
    seen = nameOf(page);
    const form = formFor(page, 'sign-up', fieldsOf(account));
    if (form) return { landing, page, form };
    const link = landing.answer.status < 400 ? signUpLink(page) : undefined;
    if (link) tools.say(`${seen}: follows ${JSON.stringify(printable(link.text, 60))}`);
    const departure = link ? { url: link.url, clicked: true } : await onwards(driver, landing);
    if (!departure) return noForm(seen, landing.answer.status);
    landing = await navigator.leave(landing, departure);
  }
  return landing.kind === 'page'
    ? noForm(seen, landing.answer.status)
    : { kind: 'no-form', message: 'the request was approved without any login, expected a page' };
}

/** What leads on without anything being typed; undefined where something would have to be. */
function onwards(driver: ReturnType<typeof createDriver>, landing: PageLanding) {
  return driver.leave(landing).catch((error: unknown) => {
    if (error instanceof ConsentError) return undefined;
    throw error;
  });
}

function noForm(seen: string, status: number): AccountFinding {
  return {
    kind: 'no-form',
    message: `${seen} (status ${status}) has no sign-up form and no link to one; name its path with --register-path`,
  };
}

function judge(landing: Landing, form: Form, account: Account): AccountFinding {
  if (landing.kind === 'callback')
    return { kind: 'created', message: 'the account was created and logged in at once' };
  const page = readLanding(landing);
  const { status } = landing.answer;
  const isBack = page.forms.some(
    (one) => purposeOf(one) === 'sign-up' && one.action === form.action,
  );
  const complaint = page.alerts.join(' ') || page.text;
  const quoted = JSON.stringify(printable(withoutSecrets(complaint, [account.password])));
  const isRefused = status >= 400 || isBack;
  const says = isRefused || page.alerts.length > 0 ? complaint : '';
  if (status === 409 || saysTaken(says))
    return {
      kind: 'exists',
      message: `the account exists already: ${nameOf(page)} says ${quoted}`,
    };
  return isRefused
    ? {
        kind: 'refused',
        message: `${nameOf(page)} answered with status ${status} and says ${quoted}, expected the account to be created`,
      }
    : { kind: 'created', message: `the account was created; it led to ${nameOf(page)}` };
}

/** Whether a complaint is that the name or the address is taken. Questions, as beside a link to log in, are none. */
function saysTaken(complaint: string): boolean {
  const plain = complaint
    .replace(/[^.!?]*\?/g, '')
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return TAKEN.test(plain);
}

const TAKEN =
  /\balready (?:exists?|registered|taken|in use|used|has an account)\b|\b(?:is|been|was) taken\b|\bin use\b|\bduplicate\b|\bnot available\b|bereits (?:vergeben|registriert|vorhanden)|existiert (?:bereits|schon)|deja (?:utilise|pris|enregistre)|existe deja|ya (?:existe|esta (?:en uso|registrad))|gia (?:in uso|registrat|esistente)|esiste gia|ja (?:existe|esta em uso)|bestaat al|已存在|已被|既に|すでに|이미/;

function fieldsOf({ fields = {} }: Account): ReadonlyMap<string, string> {
  return new Map(Object.entries(fields));
}

function nameOf(page: Page): string {
  const title = page.title ? `${JSON.stringify(printable(page.title, 80))} at ` : '';
  return title + addressName(new URL(page.url));
}
