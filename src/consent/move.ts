import {
  approvalOn,
  asksConsent,
  selfSubmittedForm,
  submitterOf,
  wantedOn,
} from './pages/choice.ts';
import type { Kind } from './pages/kinds.ts';
import type { Button, Form, Page } from './pages/page.ts';
import { formFor, kindsAsked } from './pages/purpose.ts';

/** What the driver knows when it looks at a page. */
export interface Sight {
  readonly page: Page;
  readonly status: number;
  /** Kinds of fields that were already answered on this origin. */
  readonly answered: ReadonlySet<Kind>;
  readonly username: string | undefined;
  /** Text of the button or link the user named. */
  readonly approve: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

/** What to do with a page. */
export type Move =
  | {
      readonly kind: 'submit';
      readonly form: Form;
      readonly button: Button | undefined;
      /** Whether the boxes of the form are scopes to grant. */
      readonly grants: boolean;
      /** False where a script of the page would have sent the form on. */
      readonly clicked: boolean;
    }
  | {
      readonly kind: 'follow';
      readonly url: string;
      readonly clicked: boolean;
      readonly text: string;
    }
  /** The login form is back, and it asks for nothing that was not answered already. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'stuck' };

/** Decides how a page is left, as a user who wants to log in and approve would. */
export function nextMove(sight: Sight): Move {
  const { page, status, approve } = sight;
  const wanted = status < 400 ? wantedOn(page, approve) : undefined;
  if (wanted) return take(wanted);
  const login = formFor(page, 'login', sight.fields);
  if (login) return logIn(login, sight);
  if (status >= 400) return { kind: 'stuck' };
  const silent = selfSubmittedForm(page);
  // A form that a script sends on goes without its button.
  if (silent) return submit(silent, undefined, false, false);
  if (page.refresh && (page.refresh.seconds <= 1 || page.forms.length === 0))
    return { kind: 'follow', url: page.refresh.url, clicked: false, text: '' };
  const approval = approvalOn(page, approve, sight.username);
  return approval ? take(approval) : { kind: 'stuck' };
}

function take(approval: NonNullable<ReturnType<typeof approvalOn>>): Move {
  if (approval.kind === 'form') return submit(approval.form, approval.button, true, true);
  const { url, text } = approval.link;
  return { kind: 'follow', url, clicked: true, text };
}

function logIn(form: Form, { answered, approve }: Sight): Move {
  const kinds = kindsAsked(form).map(asAnswered);
  if (kinds.every((kind) => answered.has(kind))) return { kind: 'refused' };
  return submit(form, submitterOf(form, approve), asksConsent(form), true);
}

/** A user's name and e-mail address are one answer: pages ask now for this, now for that. */
export function asAnswered(kind: Kind): Kind {
  return kind === 'email' ? 'username' : kind;
}

function submit(form: Form, button: Button | undefined, grants: boolean, clicked: boolean): Move {
  return { kind: 'submit', form, button, grants, clicked };
}
