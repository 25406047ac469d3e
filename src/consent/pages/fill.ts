import { type Kind, kindOf } from './kinds.ts';
import { meaningOf, plainWords } from './meaning.ts';
import { type Button, type Field, type Form, fieldsOf, isOpen } from './page.ts';

/** A name and a value as a form sends them. */
export type Entry = readonly [name: string, value: string];

/** What is known to fill a form with. */
export interface Answers {
  readonly kinds: { readonly [kind in Kind]?: string | undefined };
  /** Values by field name; they go before everything else. */
  readonly fields: ReadonlyMap<string, string>;
  /** Whether boxes stand for scopes to grant, rather than for wishes like being remembered. */
  readonly grants: boolean;
}

/** A form ready to be sent. */
export interface Filled {
  readonly entries: readonly Entry[];
  /** What was typed into it, in words for the user: `username`, `password`. */
  readonly typed: readonly string[];
  /** Fields that must not stay empty and for which nothing is known. */
  readonly missing: readonly Field[];
}

/**
 * What a form sends: every control in document order as the user would leave it, with known answers
 * typed into open fields, and the button that was pressed.
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-form-data-set
 */
export function fillForm(form: Form, button: Button | undefined, answers: Answers): Filled {
  const fields = fieldsOf(form);
  const typing = fields
    .filter(isOpen)
    .map((field) => ({ field, kind: kindOf(field), value: typedInto(field, answers) }));
  const entries = form.controls.flatMap((control) =>
    control.kind === 'field'
      ? fieldEntries(control, fields, answers)
      : control === button
        ? buttonEntries(control)
        : [],
  );
  return {
    entries,
    typed: typing
      .filter(({ value }) => value !== undefined)
      .map(({ field, kind }) => (answers.fields.has(field.name) ? field.name : (kind ?? ''))),
    missing: typing
      .filter(({ field, value }) => (value ?? field.value) === '' && mustBeFilled(field))
      .map(({ field }) => field),
  };
}

const BOXES: ReadonlySet<string> = new Set(['checkbox', 'radio']);

/** A value we type over what stands there; undefined for a field that keeps its own. */
function typedInto(field: Field, { fields, kinds }: Answers): string | undefined {
  if (BOXES.has(field.type) || field.type === 'select') return undefined;
  const kind = kindOf(field);
  return fields.get(field.name) ?? (kind && kinds[kind]);
}

/** A browser refuses to send a required field empty, and no server logs in without these kinds. */
function mustBeFilled(field: Field): boolean {
  if (BOXES.has(field.type) || field.type === 'select' || field.type === 'file') return false;
  const kind = kindOf(field);
  return field.name !== '' && (field.required || (kind !== undefined && kind !== 'name'));
}

function fieldEntries(field: Field, all: readonly Field[], answers: Answers): readonly Entry[] {
  if (field.disabled || field.name === '') return [];
  const given = answers.fields.get(field.name);
  if (field.type === 'select')
    return selectedValues(field, given).map((value) => [field.name, value]);
  if (BOXES.has(field.type))
    return isTicked(field, all, answers) ? [[field.name, field.value]] : [];
  if (field.type === 'hidden' && field.name.toLowerCase() === '_charset_')
    return [[field.name, 'UTF-8']];
  const typed = isOpen(field) ? typedInto(field, answers) : undefined;
  return [[field.name, given ?? typed ?? field.value]];
}

function isTicked(field: Field, all: readonly Field[], answers: Answers): boolean {
  const given = answers.fields.get(field.name);
  if (field.type === 'radio') return field === chosenRadio(field, all, answers, given);
  if (given !== undefined) return given === field.value || /^(?:on|yes|true|1)$/i.test(given);
  if (field.checked || !isOpen(field)) return field.checked;
  return field.required || (answers.grants && !isWish(field));
}

/** A box that asks for something beside the grant. */
function isWish(field: Field): boolean {
  const words = plainWords(`${field.name} ${field.label}`);
  return (
    /\b(?:remember|newsletter|marketing|stay|keep|merken|angemeldet|souvenir|recordar|ricorda|lembrar)\b/.test(
      words,
    ) || meaningOf(field.label) === 'refuse'
  );
}

/** The radio button of a group that is on: the given one, one that grants, else the preset one. */
function chosenRadio(
  { name }: Field,
  all: readonly Field[],
  answers: Answers,
  given: string | undefined,
): Field | undefined {
  const group = all.filter((one) => one.type === 'radio' && one.name === name && !one.disabled);
  if (given !== undefined) return group.find(({ value }) => value === given);
  const grants = answers.grants
    ? group.find(({ label, value }) => (meaningOf(label) ?? meaningOf(value)) === 'approve')
    : undefined;
  const preset = group.filter(({ checked }) => checked).at(-1);
  return grants ?? preset ?? group.find(({ required }) => required);
}

/** @see https://html.spec.whatwg.org/multipage/form-elements.html#the-select-element */
function selectedValues(
  { options, multiple }: Field,
  given: string | undefined,
): readonly string[] {
  const open = options.filter(({ disabled }) => !disabled);
  const named = open.find(({ value, text }) => value === given || text === given);
  if (named) return [named.value];
  const selected = open.filter((option) => option.selected).map(({ value }) => value);
  if (multiple) return selected;
  return [selected.at(-1) ?? open[0]?.value].filter((value) => value !== undefined);
}

function buttonEntries({ type, name, value }: Button): readonly Entry[] {
  if (type !== 'image') return name === '' ? [] : [[name, value]];
  const prefix = name === '' ? '' : `${name}.`;
  return [
    [`${prefix}x`, '0'],
    [`${prefix}y`, '0'],
  ];
}
