import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5';

/** An element of a parsed page. */
export type Element = DefaultTreeAdapterTypes.Element;

/** A parsed page: its elements in document order, and the forms that the parser gave controls to. */
export interface Markup {
  readonly elements: readonly Element[];
  /** A form can own what is not inside it: old pages open one between table rows. */
  readonly owners: ReadonlyMap<Element, Element>;
}

/** Characters of a page that are parsed. */
const LONGEST_PAGE = 1024 * 1024;

/** Elements of a page that are read; a small hostile page can make a parser build millions. */
const MOST_ELEMENTS = 20_000;

/** Steps from an element to its root that are looked at. */
const DEEPEST = 256;

/** Nodes visited for the text of one element. */
const MOST_NODES = 2000;

class TooManyElements extends Error {}

/** Parses a page as a browser without scripts does. Bounded in time and memory, never throws. */
export function parseMarkup(html: string): Markup {
  const owners = new Map<Element, Element>();
  let document: DefaultTreeAdapterTypes.Document | undefined;
  let count = 0;
  const treeAdapter: typeof defaultTreeAdapter = {
    ...defaultTreeAdapter,
    createDocument() {
      document = defaultTreeAdapter.createDocument();
      return document;
    },
    createElement(...parts) {
      count += 1;
      if (count > MOST_ELEMENTS) throw new TooManyElements();
      return defaultTreeAdapter.createElement(...parts);
    },
    onElementCreated(element, { formElement, isInTemplate }) {
      if (formElement && !isInTemplate) owners.set(element, formElement);
    },
  };
  try {
    parse(html.slice(0, LONGEST_PAGE), { scriptingEnabled: false, treeAdapter });
  } catch (error) {
    // What was built so far is page enough.
    if (!(error instanceof TooManyElements)) throw error;
  }
  return { elements: document ? elementsBelow(document) : [], owners };
}

/** The value of an attribute; undefined when the element has none of that name. */
export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((one) => one.name === name)?.value;
}

/** The elements around an element, innermost first. */
export function ancestors(element: Element): readonly Element[] {
  const found: Element[] = [];
  let { parentNode } = element;
  while (parentNode && 'tagName' in parentNode && found.length < DEEPEST) {
    found.push(parentNode);
    parentNode = parentNode.parentNode;
  }
  return found;
}

/** Whether the page keeps an element from sight, as far as its markup alone tells. */
export function isHidden(element: Element): boolean {
  return [element, ...ancestors(element)].some(hidesItself);
}

/** The text that a reader sees in an element, white space joined, cut to a length. */
export function visibleText(element: Element, length = 200): string {
  const pending: DefaultTreeAdapterTypes.ChildNode[] = [element];
  let text = '';
  for (let visits = 0; visits < MOST_NODES && text.length < length * 2; visits += 1) {
    const node = pending.pop();
    if (!node) break;
    if ('value' in node) text += node.value.slice(0, length * 2);
    if (!('tagName' in node) || (node !== element && isUnseen(node))) continue;
    if (!INLINE.has(node.tagName)) text += ' ';
    for (let index = node.childNodes.length - 1; index >= 0; index -= 1) {
      const child = node.childNodes[index];
      if (child) pending.push(child);
    }
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, length);
}

/** The source of an inline script or style, cut to a length. */
export function sourceText(element: Element, length: number): string {
  return element.childNodes
    .map((node) => ('value' in node ? node.value : ''))
    .join('')
    .slice(0, length);
}

const INLINE: ReadonlySet<string> = new Set(['a', 'b', 'em', 'i', 'span', 'strong', 'u', 'font']);

const UNSEEN: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'head',
  'option',
]);

function isUnseen(element: Element): boolean {
  return UNSEEN.has(element.tagName) || hidesItself(element);
}

/** Asked for every element below, so it is found out once: a style can be as long as a page. */
const hiding = new WeakMap<Element, boolean>();

function hidesItself(element: Element): boolean {
  const known = hiding.get(element);
  if (known !== undefined) return known;
  const style = attribute(element, 'style') ?? '';
  const hides =
    attribute(element, 'hidden') !== undefined ||
    /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style);
  hiding.set(element, hides);
  return hides;
}

function elementsBelow(root: DefaultTreeAdapterTypes.Document): readonly Element[] {
  const found: Element[] = [];
  const pending: DefaultTreeAdapterTypes.ChildNode[] = [...root.childNodes].reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (!('tagName' in node)) continue;
    found.push(node);
    for (let index = node.childNodes.length - 1; index >= 0; index -= 1) {
      const child = node.childNodes[index];
      if (child) pending.push(child);
    }
  }
  return found;
}
