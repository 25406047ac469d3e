import { type Kind, kindOf } from './kinds.ts';
import { buttonMeaning, lastSegment, plainWords } from './meaning.ts';
import { type Form, fieldsOf, isOpen, type Link, type Page, submittersOf } from './page.ts';

/** What a form is there for. */
export type Purpose = 'login' | 'sign-up' | 'aside' | 'other';

/** What a form is there for, by what it asks and by what its address and buttons say. */
export function purposeOf(form: Form): Purpose {
  const kinds = kindsAsked(form).filter((kind) => kind !== 'name');
  const says = plainWords(`${lastSegment(form.action)} ${form.label}`);
  const buttons = submittersOf(form);
  const meanings = buttons.map(buttonMeaning);
  if (kinds.length === 0)
    return SEARCH.test(says) || fieldsOf(form).some(({ type }) => type === 'search')
      ? 'aside'
      : 'other';
  if (kinds.filter((kind) => kind === 'password').length > 1) return 'sign-up';
  const isBeside = meanings.length > 0 && meanings.every((meaning) => meaning === 'aside');
  if (isBeside)
    return buttons.some(({ text }) => SIGN_UP.test(plainWords(text))) ? 'sign-up' : 'aside';
  if (SIGN_UP.test(says) && !meanings.includes('continue')) return 'sign-up';
  return !kinds.includes('password') && LOST.test(says) ? 'aside' : 'login';
}

/** The kinds that the open fields of a form ask for, in order. */
export function kindsAsked(form: Form): readonly Kind[] {
  return fieldsOf(form)
    .filter(isOpen)
    .map(kindOf)
    .filter((kind) => kind !== undefined);
}

/**
 * The form of a page for logging in or signing up: of several the one that asks for most, a form with
 * a field of a given name before one without.
 */
export function formFor(
  page: Page,
  purpose: 'login' | 'sign-up',
  given: ReadonlyMap<string, string>,
): Form | undefined {
  const forms = page.forms.filter((form) => purposeOf(form) === purpose);
  const scores = forms.map((form) => scoreOf(form, given));
  return forms[scores.indexOf(Math.max(...scores))];
}

/** The link that leads to the form to create an account with. */
export function signUpLink(page: Page): Link | undefined {
  return (
    page.links.find(({ text }) => SIGN_UP.test(plainWords(text))) ??
    page.links.find(({ url }) => SIGN_UP.test(plainWords(lastSegment(url))))
  );
}

function scoreOf(form: Form, given: ReadonlyMap<string, string>): number {
  const kinds = kindsAsked(form);
  const secrets = kinds.filter((kind) => kind === 'password' || kind === 'otp');
  const named = fieldsOf(form).filter(({ name }) => given.has(name));
  return secrets.length * 4 + named.length * 3 + kinds.length;
}

const SIGN_UP =
  /\b(?:sign ?up|register|registration|create (?:an |your |new )?account|new account|join|registrieren|konto erstellen|inscription|creer un compte|registrarse|crear cuenta|registrati|cadastr\w*|registreren)\b|注册|註冊|新規登録|회원가입/;

const LOST = /\b(?:forgot|forgotten|reset|recover|recovery|lost|resend|newsletter|subscribe)\b/;

const SEARCH = /\b(?:search|suche|recherche|buscar|locale|language)\b/;
