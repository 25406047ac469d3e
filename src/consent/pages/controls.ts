import {
  ancestors,
  attribute,
  type Element,
  isHidden,
  type Markup,
  visibleText,
} from './elements.ts';
import { labelsOf } from './labels.ts';
import type { Button, Choice, Encoding, Field, FormMethod } from './page.ts';

/** A control and the form it belongs to. */
export interface OwnedControl {
  readonly control: Field | Button;
  readonly form: Element | undefined;
}

/** Controls of a page that are read. */
const MOST_CONTROLS = 2000;

/** Options of one select that are read. */
const MOST_OPTIONS = 1000;

/**
 * Every field and button of a page with its form owner: the `form` attribute, else the form that was
 * open when the parser met it, else the form around it.
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-owner
 */
export function readControls(markup: Markup, resolve: Resolve): readonly OwnedControl[] {
  const { elements, owners } = markup;
  const forms = new Map(
    elements
      .filter(({ tagName }) => tagName === 'form')
      .map((form): [string, Element] => [attribute(form, 'id') ?? '', form])
      .reverse(),
  );
  const labels = labelsOf(elements);
  return elements
    .filter(({ tagName }) => CONTROLS.has(tagName))
    .slice(0, MOST_CONTROLS)
    .map((element) => {
      const id = attribute(element, 'form');
      const around = (): Element | undefined =>
        owners.get(element) ?? ancestors(element).find(({ tagName }) => tagName === 'form');
      return {
        control: readControl(element, labels.get(element) ?? '', resolve),
        form: id === undefined ? around() : forms.get(id),
      };
    });
}

/** Makes an address of the page absolute. */
export type Resolve = (address: string) => string;

const CONTROLS: ReadonlySet<string> = new Set(['input', 'select', 'textarea', 'button']);

/** Input types that are buttons; `reset` and `button` do nothing without a script. */
const BUTTON_TYPES: Readonly<Record<string, Button['type']>> = {
  submit: 'submit',
  image: 'image',
  button: 'script',
  reset: 'script',
};

function readControl(element: Element, label: string, resolve: Resolve): Field | Button {
  const type = (attribute(element, 'type') ?? '').trim().toLowerCase();
  if (element.tagName === 'button')
    return readButton(element, BUTTON_TYPES[type] ?? 'submit', resolve);
  const button = element.tagName === 'input' ? BUTTON_TYPES[type] : undefined;
  return button ? readButton(element, button, resolve) : readField(element, type, label);
}

function readButton(element: Element, type: Button['type'], resolve: Resolve): Button {
  const value = attribute(element, 'value') ?? '';
  const spoken = attribute(element, 'aria-label') ?? attribute(element, 'alt') ?? '';
  const shown = element.tagName === 'input' ? value : visibleText(element, 120);
  const action = attribute(element, 'formaction');
  const method = attribute(element, 'formmethod');
  const encoding = attribute(element, 'formenctype');
  return {
    kind: 'button',
    type,
    name: attribute(element, 'name') ?? '',
    value,
    text: shown || spoken || attribute(element, 'title') || '',
    hint: ['id', 'class', 'aria-label'].map((name) => attribute(element, name) ?? '').join(' '),
    disabled: isDisabled(element),
    concealed: isHidden(element),
    standsIn: ancestors(element).some(({ tagName }) => tagName === 'noscript'),
    action: action === undefined ? undefined : resolve(action),
    method: method === undefined ? undefined : readMethod(method),
    encoding: encoding === undefined ? undefined : readEncoding(encoding),
  };
}

function readField(element: Element, type: string, label: string): Field {
  const has = (name: string): boolean => attribute(element, name) !== undefined;
  const isInput = element.tagName === 'input';
  const options = element.tagName === 'select' ? readOptions(element) : [];
  return {
    kind: 'field',
    name: attribute(element, 'name') ?? '',
    id: attribute(element, 'id') ?? '',
    type: isInput ? type || 'text' : element.tagName,
    value: isInput
      ? (attribute(element, 'value') ?? DEFAULT_VALUES[type] ?? '')
      : element.tagName === 'textarea'
        ? textareaValue(element)
        : '',
    checked: has('checked'),
    disabled: isDisabled(element),
    // A password is made read-only to keep password managers off it, until it is clicked on.
    readOnly: has('readonly') && type !== 'password',
    required: has('required') || attribute(element, 'aria-required') === 'true',
    concealed: isHidden(element),
    multiple: has('multiple'),
    options,
    autocomplete: (attribute(element, 'autocomplete') ?? '').toLowerCase(),
    placeholder: attribute(element, 'placeholder') ?? '',
    label,
  };
}

/** What a box without a value sends when it is checked. */
const DEFAULT_VALUES: Readonly<Record<string, string>> = { checkbox: 'on', radio: 'on' };

function textareaValue(element: Element): string {
  return element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

function readOptions(select: Element): readonly Choice[] {
  const groups = select.childNodes.flatMap((node) =>
    'tagName' in node ? (node.tagName === 'optgroup' ? node.childNodes : [node]) : [],
  );
  return groups
    .filter((node): node is Element => 'tagName' in node && node.tagName === 'option')
    .slice(0, MOST_OPTIONS)
    .map((option) => {
      const text = visibleText(option, 120);
      return {
        value: attribute(option, 'value') ?? text,
        text,
        selected: attribute(option, 'selected') !== undefined,
        disabled: isDisabled(option),
      };
    });
}

/** Disabled itself, or inside a disabled group and not in that group's legend. */
function isDisabled(element: Element): boolean {
  if (attribute(element, 'disabled') !== undefined) return true;
  const around = ancestors(element);
  return around.some(
    (group, index) =>
      (group.tagName === 'fieldset' || group.tagName === 'optgroup') &&
      attribute(group, 'disabled') !== undefined &&
      around[index - 1]?.tagName !== 'legend',
  );
}

/** The method a form or button names; GET where it names none that exists. */
export function readMethod(value: string | undefined): FormMethod {
  const method = (value ?? '').trim().toLowerCase();
  return method === 'post' ? 'POST' : method === 'dialog' ? 'dialog' : 'GET';
}

/** The encoding a form or button names; urlencoded where it names none that exists. */
export function readEncoding(value: string | undefined): Encoding {
  const encoding = (value ?? '').trim().toLowerCase();
  return encoding === 'multipart/form-data' || encoding === 'text/plain'
    ? encoding
    : 'application/x-www-form-urlencoded';
}
