import type { Answer } from '../http/http.ts';
import { headerValue, mediaType } from '../trace/headers.ts';
import { addressName } from './address.ts';
import { ConsentError } from './consent.ts';
import { kindOf } from './pages/kinds.ts';
import { type Field, type Form, fieldsOf, type Page } from './pages/page.ts';
import { printable, withoutSecrets } from './printable.ts';

/** Why the driver cannot go on from a page; every text of the page is quoted without secrets. */
export interface Refusals {
  pageError(page: Page, answer: Answer): ConsentError;
  loginRefused(page: Page): ConsentError;
  credentialsMissing(page: Page, missing: readonly Field[]): ConsentError;
  notDrivable(page: Page, answer: Answer): ConsentError;
  tooManyPages(page: Page, most: number): ConsentError;
}

/** Forms, fields and buttons that a message lists. */
const MOST_LISTED = 8;

/** Words the refusals; `secrets` is asked each time, since they come to be known on the way. */
export function createRefusals(secrets: () => readonly string[]): Refusals {
  const quote = (text: string): string =>
    JSON.stringify(printable(withoutSecrets(text, secrets())));
  const name = (page: Page): string => {
    const title = page.title ? `${quote(page.title)} at ` : '';
    return `${title}${withoutSecrets(addressName(new URL(page.url)), secrets())}`;
  };
  const complaint = (page: Page): string => {
    const text = page.alerts.join(' ') || page.text;
    return text ? `: ${quote(text)}` : '';
  };
  return {
    pageError: (page, answer) =>
      new ConsentError(
        'page-error',
        `${name(page)} answered with status ${answer.status}${oauthError(answer.text, quote) ?? complaint(page)}; expected a login or consent page`,
      ),
    loginRefused: (page) =>
      new ConsentError(
        'login-refused',
        `the login page ${name(page)} refused the user's credentials${complaint(page)}, expected the login to be accepted`,
      ),
    credentialsMissing: (page, missing) =>
      new ConsentError(
        'credentials-missing',
        `${name(page)} asks for ${missing.map((field) => fieldName(field, quote)).join(', ')}, which is not known; give ${[...new Set(missing.map(optionFor))].join(', ')}`,
      ),
    notDrivable: (page, answer) =>
      new ConsentError(
        'page-not-drivable',
        `${name(page)} cannot be driven without a browser: ${obstacle(page, answer)}${inventory(page, quote)}; approve it yourself with --consent browser`,
      ),
    tooManyPages: (page, most) =>
      new ConsentError(
        'too-many-pages',
        `${most} pages were driven and the callback was not reached, the last one ${name(page)}${complaint(page)}; expected the redirect to the callback by then`,
      ),
  };
}

type Quote = (text: string) => string;

/** The OAuth error of a JSON answer (RFC 6749 section 5.2). */
function oauthError(text: string, quote: Quote): string | undefined {
  const value = parseObject(text);
  if (typeof value?.error !== 'string') return undefined;
  const description = value.error_description;
  return `: ${quote(value.error)}${typeof description === 'string' ? ` (${quote(description)})` : ''}`;
}

/** True for an answer that carries an OAuth error. */
export function isOauthError(text: string): boolean {
  return typeof parseObject(text)?.error === 'string';
}

function parseObject(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function obstacle(page: Page, answer: Answer): string {
  const type = mediaType(headerValue(answer.headers, 'content-type'));
  if (type && !/html/.test(type)) return `it is ${printable(type, 60)}, expected HTML`;
  if (answer.text.trim() === '') return 'it is empty';
  if (page.forms.length > 0) return 'none of its forms logs in or approves';
  return page.hasScripts
    ? 'it has no form, a script builds what the user sees'
    : 'it has no form and no link that approves';
}

/** The forms and fields of a page, so that the user can name the odd ones. */
function inventory(page: Page, quote: Quote): string {
  const forms = page.forms.slice(0, MOST_LISTED).map((form) => formName(form, quote));
  const loose = page.looseFields.slice(0, MOST_LISTED).map((field) => fieldName(field, quote));
  return [
    ...forms.map((form) => `; ${form}`),
    ...(loose.length > 0 ? [`; fields outside any form: ${loose.join(', ')}`] : []),
    ...(forms.length === 0 && page.text ? [`; it says ${quote(page.text)}`] : []),
  ].join('');
}

function formName(form: Form, quote: Quote): string {
  const where = URL.canParse(form.action) ? addressName(new URL(form.action)) : form.action;
  const fields = fieldsOf(form).filter(({ type }) => type !== 'hidden');
  const buttons = form.controls.flatMap((control) =>
    control.kind === 'button' ? [quote(control.text || control.name)] : [],
  );
  const list = (items: readonly string[]): string =>
    items.slice(0, MOST_LISTED).join(', ') || 'none';
  return `form ${form.method} ${quote(where)} with fields ${list(fields.map((field) => fieldName(field, quote)))} and buttons ${list(buttons)}`;
}

function fieldName(field: Field, quote: Quote): string {
  return `${quote(field.name || field.id || field.label)} (${printable(field.type, 20)})`;
}

/** How the user tells us what goes into a field. */
function optionFor(field: Field): string {
  const option = OPTIONS.get(kindOf(field));
  return option ?? `--form ${printable(field.name || field.id, 40)}=…`;
}

const OPTIONS: ReadonlyMap<string | undefined, string> = new Map([
  ['username', '--username'],
  ['email', '--username'],
  ['password', '--password or OAUTH_TEST_PASSWORD'],
  ['otp', '--otp-command'],
]);
