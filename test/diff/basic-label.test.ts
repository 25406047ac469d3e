import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import { parseTrace } from '../../src/trace/parse.ts';

const text = readFileSync('traces/reference/dcr-ignores-requested-none.json', 'utf8');

/** The same run with another label in place of its Basic credentials. */
function labelled(label: string): string {
  return text.replaceAll(/<basic_credentials [^>]{12}>/g, `<basic_credentials ${label}>`);
}

test('a label is not taken for the credentials it stands for', () => {
  // As base64 this label, with the words around it, happens to decode to a text with a colon.
  const colon = 'AAAOjpBAAAAA';
  expect(Buffer.from(`<basic_credentials ${colon}>`, 'base64').includes(':')).toBe(true);
  const before = parseTrace(labelled(colon));
  const after = parseTrace(labelled('AAAAAAAAAAAA'));
  expect(diff(before, after).differences).toEqual([]);
});
