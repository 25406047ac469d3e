import { visible, visibleLine } from './visible.ts';

/** Text that stands for itself between tags of XML 1.0; characters XML forbids are spelled out. */
export function xmlText(text: string): string {
  return escaped(visible(text).replace(/[\ufffe\uffff]/g, '\ufffd'));
}

/** The same for an attribute in double quotes: one line. */
function xmlAttribute(text: string): string {
  return escaped(visibleLine(text).replace(/[\ufffe\uffff]/g, '\ufffd'));
}

/** An element. Children are XML already. */
export function xmlElement(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children = '',
): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${xmlAttribute(String(value))}"`,
  );
  const open = `<${name}${pairs.join('')}`;
  return children === '' ? `${open}/>` : `${open}>${children}</${name}>`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => REFERENCES[character] ?? character);
}
