import { ancestors, attribute, type Element, visibleText } from './elements.ts';

/** What the labels of a page say of its controls, as far as any text names them. */
export function labelsOf(elements: readonly Element[]): ReadonlyMap<Element, string> {
  const byId = new Map<string, Element>();
  const byTarget = new Map<string, string>();
  for (const element of elements) {
    const id = attribute(element, 'id');
    if (id && !byId.has(id)) byId.set(id, element);
    const target = element.tagName === 'label' ? attribute(element, 'for') : undefined;
    if (target && !byTarget.has(target)) byTarget.set(target, visibleText(element, LONGEST));
  }
  return new Map(
    elements
      .filter(({ tagName }) => LABELLED.has(tagName))
      .map((element): [Element, string] => [element, labelOf(element, byId, byTarget)]),
  );
}

const LONGEST = 120;

const LABELLED: ReadonlySet<string> = new Set(['input', 'select', 'textarea']);

function labelOf(
  element: Element,
  byId: ReadonlyMap<string, Element>,
  byTarget: ReadonlyMap<string, string>,
): string {
  const id = attribute(element, 'id');
  const around = ancestors(element).find(({ tagName }) => tagName === 'label');
  const named = (attribute(element, 'aria-labelledby') ?? '')
    .split(/\s+/)
    .slice(0, 4)
    .map((one) => byId.get(one))
    .map((one) => (one ? visibleText(one, LONGEST) : ''))
    .join(' ');
  const candidates = [
    id ? byTarget.get(id) : undefined,
    around && visibleText(around, LONGEST),
    attribute(element, 'aria-label'),
    named.trim(),
    attribute(element, 'title'),
  ];
  return (candidates.find((text) => text) ?? '').slice(0, LONGEST);
}
