/** A page as a navigator without scripts sees it: forms, links, and what it says. */
export interface Page {
  readonly url: string;
  readonly title: string;
  readonly forms: readonly Form[];
  readonly links: readonly Link[];
  /** Where the page moves on to by itself. */
  readonly refresh: { readonly url: string; readonly seconds: number } | undefined;
  /** Whether a script of the page submits a form. */
  readonly submits: boolean;
  readonly hasScripts: boolean;
  /** Fields that belong to no form: only a script could send them. */
  readonly looseFields: readonly Field[];
  /** What the page shows, cut. */
  readonly text: string;
  /** What reads as an error message, the first few. */
  readonly alerts: readonly string[];
  readonly referrerPolicy: string | undefined;
}

/** How a form is sent. */
export type Encoding = 'application/x-www-form-urlencoded' | 'multipart/form-data' | 'text/plain';

/** A form with everything it would send. */
export interface Form {
  /** Absolute where it could be resolved; `javascript:` and the like stand as they are. */
  readonly action: string;
  readonly method: FormMethod;
  readonly encoding: Encoding;
  /** Its id, name and aria-label, for recognition. */
  readonly label: string;
  /** Fields and buttons in document order, which is the order they are sent in. */
  readonly controls: readonly (Field | Button)[];
}

export type FormMethod = 'GET' | 'POST' | 'dialog';

/** An input, a select or a textarea. */
export interface Field {
  readonly kind: 'field';
  readonly name: string;
  readonly id: string;
  /** The input's type, lower case; `select` and `textarea` for those. */
  readonly type: string;
  readonly value: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly readOnly: boolean;
  readonly required: boolean;
  /** Kept from sight, though not of type hidden. */
  readonly concealed: boolean;
  readonly multiple: boolean;
  readonly options: readonly Choice[];
  readonly autocomplete: string;
  readonly placeholder: string;
  /** What its label, aria-label or title says. */
  readonly label: string;
}

/** An option of a select. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
  readonly disabled: boolean;
}

/** What submits a form. */
export interface Button {
  readonly kind: 'button';
  readonly type: 'submit' | 'image' | 'script';
  readonly name: string;
  readonly value: string;
  /** What it reads. */
  readonly text: string;
  /** Class, id and aria-label, for recognition. */
  readonly hint: string;
  readonly disabled: boolean;
  readonly concealed: boolean;
  /** Shown only where scripts are off: a script does its work otherwise. */
  readonly standsIn: boolean;
  /** What it overrides of its form. */
  readonly action: string | undefined;
  readonly method: FormMethod | undefined;
  readonly encoding: Encoding | undefined;
}

/** A link to another http or https page. */
export interface Link {
  readonly url: string;
  readonly text: string;
}

/** The fields of a form, in order. */
export function fieldsOf(form: Form): readonly Field[] {
  return form.controls.filter((control) => control.kind === 'field');
}

/** The buttons that would submit a form without a script. */
export function submittersOf(form: Form): readonly Button[] {
  return form.controls.filter(
    (control): control is Button =>
      control.kind === 'button' &&
      control.type !== 'script' &&
      !control.disabled &&
      !control.concealed,
  );
}

/** Whether the user sees a field and can change it. */
export function isOpen(field: Field): boolean {
  return field.type !== 'hidden' && !field.concealed && !field.disabled && !field.readOnly;
}
