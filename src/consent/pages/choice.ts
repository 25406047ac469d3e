import { buttonMeaning, lastSegment, type Meaning, meaningOf, plainWords } from './meaning.ts';
import {
  type Button,
  type Form,
  fieldsOf,
  isOpen,
  type Link,
  type Page,
  submittersOf,
} from './page.ts';
import { purposeOf } from './purpose.ts';

/** What the user would click to get on. */
export type Approval =
  | { readonly kind: 'form'; readonly form: Form; readonly button: Button | undefined }
  | { readonly kind: 'link'; readonly link: Link };

/** The button that submits a form: the one with the wanted text, else the one that leads on. */
export function submitterOf(form: Form, wanted?: string): Button | undefined {
  const buttons = submittersOf(form);
  const named = wanted ? buttons.find(({ text }) => isSame(text, wanted)) : undefined;
  const ranks = buttons.map((button) => RANKS[buttonMeaning(button) ?? 'unknown']);
  const best = Math.max(...ranks);
  return named ?? (best > 0 ? buttons[ranks.indexOf(best)] : undefined);
}

/**
 * What approves on a page that asks for no login: the wanted text where one is given, else what
 * reads most like a grant, else the user's account in a list of accounts. Nothing that refuses or
 * leads aside is chosen unless its very text was wanted.
 */
export function approvalOn(
  page: Page,
  wanted: string | undefined,
  account: string | undefined,
): Approval | undefined {
  const all = approvalsOn(page);
  const named =
    wantedOn(page, wanted) ??
    (wanted ? all.find((approval) => holds(textOf(approval), wanted)) : undefined);
  if (named) return named;
  const ranked = all.map((approval) => ({ approval, rank: rankOf(approval, account) }));
  const best = Math.max(0, ...ranked.map(({ rank }) => rank));
  const top = ranked.filter(({ rank }) => rank === best);
  // What says nothing we know is clicked only where it is the one thing to click.
  return best > RANKS.unknown || (best > 0 && top.length === 1) ? top[0]?.approval : undefined;
}

/** The button or link, outside a login form, whose text is exactly the wanted one. */
export function wantedOn(page: Page, wanted: string | undefined): Approval | undefined {
  if (!wanted) return undefined;
  return approvalsOn(page).find((approval) => isSame(textOf(approval), wanted));
}

/**
 * The form that a script of the page sends on: it shows no field and no button but one that stands in
 * for the script.
 */
export function selfSubmittedForm(page: Page): Form | undefined {
  const form = page.forms.find(
    (one) =>
      fieldsOf(one).length > 0 &&
      !fieldsOf(one).some(isOpen) &&
      submittersOf(one).every(({ standsIn }) => standsIn),
  );
  // A lone form that nobody can press can only be meant for a script, wherever that script stands.
  return page.submits || page.forms.length === 1 ? form : undefined;
}

/** Whether a form asks for consent: it asks for no login, or one of its buttons grants or refuses. */
export function asksConsent(form: Form): boolean {
  return (
    purposeOf(form) === 'other' ||
    submittersOf(form).some((button) => /^(?:approve|refuse)$/.test(buttonMeaning(button) ?? ''))
  );
}

/** How gladly each meaning is clicked; 0 is never. */
const RANKS: Readonly<Record<Meaning | 'unknown', number>> = {
  approve: 4,
  continue: 2,
  unknown: 1,
  refuse: 0,
  aside: 0,
};

/** Rank of what names the user's own account, where a page lists several. */
const ACCOUNT_RANK = 3;

function approvalsOn(page: Page): readonly Approval[] {
  return [
    ...page.forms.filter((form) => purposeOf(form) === 'other').flatMap(formApprovals),
    ...page.links.map((link): Approval => ({ kind: 'link', link })),
  ];
}

/** A form once per button; a form that has fields to see and no button goes as it is. */
function formApprovals(form: Form): readonly Approval[] {
  if (isRefusal(form)) return [];
  const buttons = submittersOf(form);
  if (buttons.length > 0) return buttons.map((button) => ({ kind: 'form', form, button }));
  return fieldsOf(form).some(isOpen) ? [{ kind: 'form', form, button: undefined }] : [];
}

/** Whether the whole form leads nowhere or refuses: by its address, or the method it stands for. */
function isRefusal(form: Form): boolean {
  return (
    form.method === 'dialog' ||
    meaningOf(lastSegment(form.action)) === 'refuse' ||
    fieldsOf(form).some(({ name, value }) => name === '_method' && /^delete$/i.test(value))
  );
}

function rankOf(approval: Approval, account: string | undefined): number {
  const meaning = meaningOfApproval(approval);
  if (meaning === 'refuse' || meaning === 'aside') return 0;
  if (meaning === 'approve') return RANKS.approve;
  if (account && holds(textOf(approval), account)) return ACCOUNT_RANK;
  // A page has many links; one that says nothing we know is not what approves.
  if (!meaning && approval.kind === 'link') return 0;
  return RANKS[meaning ?? 'unknown'];
}

function meaningOfApproval(approval: Approval): Meaning | undefined {
  if (approval.kind === 'link') return meaningOf(approval.link.text);
  return approval.button && buttonMeaning(approval.button);
}

function textOf(approval: Approval): string {
  return approval.kind === 'link' ? approval.link.text : (approval.button?.text ?? '');
}

function isSame(text: string, wanted: string): boolean {
  return plainWords(text) === plainWords(wanted);
}

function holds(text: string, wanted: string): boolean {
  const words = plainWords(wanted);
  return words !== '' && plainWords(text).includes(words);
}
