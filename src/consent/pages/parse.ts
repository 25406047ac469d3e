import {
  type OwnedControl,
  type Resolve,
  readControls,
  readEncoding,
  readMethod,
} from './controls.ts';
import {
  ancestors,
  attribute,
  type Element,
  isHidden,
  parseMarkup,
  sourceText,
  visibleText,
} from './elements.ts';
import type { Field, Form, Link, Page } from './page.ts';

/** Forms of a page that are read. */
const MOST_FORMS = 50;

/** Links of a page that are read. */
const MOST_LINKS = 500;

/** Error messages of a page that are read. */
const MOST_ALERTS = 3;

/** Elements that are looked at for an error message. */
const MOST_CANDIDATES = 100;

/** Characters of a script that are searched for a submit. */
const LONGEST_SCRIPT = 20_000;

/**
 * Reads a page without running anything in it. Takes bounded time and memory whatever it holds, and
 * never throws.
 */
export function parsePage(html: string, url: string): Page {
  const markup = parseMarkup(html);
  const { elements } = markup;
  const named = (name: string): readonly Element[] =>
    elements.filter(({ tagName }) => tagName === name);
  const base = resolveAgainst(url)(attribute(firstWith(named('base'), 'href'), 'href') ?? '');
  const resolve: Resolve = (address) =>
    address.trim() === '' ? url : resolveAgainst(base)(address);
  const controls = readControls(markup, resolve);
  const [body] = named('body');
  return {
    url,
    title: named('title').map((title) => visibleText(title))[0] ?? '',
    forms: named('form')
      .slice(0, MOST_FORMS)
      .map((form) => readForm(form, controls, resolve)),
    links: readLinks(named('a'), resolve),
    refresh: readRefresh(named('meta'), url, resolve),
    submits: [
      attribute(body, 'onload') ?? '',
      ...named('script').map((script) => sourceText(script, LONGEST_SCRIPT)),
    ].some((source) => SUBMITS.test(source)),
    hasScripts: named('script').length > 0,
    looseFields: controls
      .filter(({ form, control }) => !form && control.kind === 'field')
      .map(({ control }) => control as Field)
      .slice(0, MOST_FORMS),
    text: body ? visibleText(body, 2000) : '',
    alerts: readAlerts(elements),
    referrerPolicy: named('meta')
      .filter((meta) => attribute(meta, 'name')?.toLowerCase() === 'referrer')
      .map((meta) => attribute(meta, 'content') ?? '')
      .at(-1),
  };
}

/** A call of a form's submit method, by whatever way the form was found. */
const SUBMITS = /\bsubmit\s*(?:\.\s*call\s*)?\(/;

function readForm(form: Element, controls: readonly OwnedControl[], resolve: Resolve): Form {
  return {
    action: resolve(attribute(form, 'action') ?? ''),
    method: readMethod(attribute(form, 'method')),
    encoding: readEncoding(attribute(form, 'enctype')),
    label: ['id', 'name', 'aria-label']
      .map((name) => attribute(form, name) ?? '')
      .join(' ')
      .trim(),
    controls: controls.filter((owned) => owned.form === form).map(({ control }) => control),
  };
}

function readLinks(anchors: readonly Element[], resolve: Resolve): readonly Link[] {
  return anchors
    .filter((anchor) => {
      const address = attribute(anchor, 'href')?.trim();
      return address && !address.startsWith('#') && attribute(anchor, 'download') === undefined;
    })
    .slice(0, MOST_LINKS)
    .filter((anchor) => !isHidden(anchor))
    .map((anchor) => ({
      url: resolve(attribute(anchor, 'href') ?? ''),
      text: visibleText(anchor, 120) || attribute(anchor, 'aria-label') || '',
    }))
    .filter((link) => /^https?:/.test(link.url));
}

/**
 * The first refresh of the page that leads somewhere else.
 * @see https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps
 */
function readRefresh(metas: readonly Element[], url: string, resolve: Resolve): Page['refresh'] {
  const found = metas
    // Inside noscript it leads to a page that says to switch scripts on.
    .filter((meta) => !ancestors(meta).some(({ tagName }) => tagName === 'noscript'))
    .filter((meta) => attribute(meta, 'http-equiv')?.trim().toLowerCase() === 'refresh')
    .map((meta) => parseRefresh(attribute(meta, 'content') ?? ''))
    .find((refresh) => refresh !== undefined);
  if (!found) return undefined;
  const target = resolve(found.address);
  return target === url ? undefined : { url: target, seconds: found.seconds };
}

/** The address and delay of a refresh, as the `content` of a meta element or a header names them. */
export function parseRefresh(
  content: string,
): { readonly address: string; readonly seconds: number } | undefined {
  const match = /^\s*(\d+)(?:\.[\d.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?(.+)$/is.exec(
    content.slice(0, 4096),
  );
  const address = match?.[2]?.trim().replace(/^(["'])(.*?)\1?$/s, '$2');
  return address ? { address, seconds: Number(match?.[1]) } : undefined;
}

/** The first in the document are what a reader sees first. */
function readAlerts(elements: readonly Element[]): readonly string[] {
  const texts = elements
    .filter(readsAsAlert)
    .slice(0, MOST_CANDIDATES)
    .filter((element) => !isHidden(element))
    .map((element) => visibleText(element, 300))
    .filter((text) => text !== '');
  return [...new Set(texts)].slice(0, MOST_ALERTS);
}

function readsAsAlert(element: Element): boolean {
  if (NO_ALERT.has(element.tagName)) return false;
  if (attribute(element, 'role')?.toLowerCase() === 'alert') return true;
  const marks = `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`;
  return /error|alert|danger|invalid|warning|failure/i.test(marks);
}

const NO_ALERT: ReadonlySet<string> = new Set(['html', 'body', 'form', 'input', 'script', 'style']);

function firstWith(elements: readonly Element[], name: string): Element | undefined {
  return elements.find((element) => attribute(element, name) !== undefined);
}

/** Makes addresses absolute; what cannot be resolved stands as it is. */
function resolveAgainst(base: string): Resolve {
  return (address) => (URL.canParse(address, base) ? new URL(address, base).href : address);
}
