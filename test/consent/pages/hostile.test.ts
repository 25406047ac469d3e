import { expect, test } from 'vitest';
import { parsePage } from '../../../src/consent/pages/parse.ts';

const HERE = 'https://as.example/login';
const MIB = 1024 * 1024;

/** Each once made a parser, or a careless reader of its tree, take minutes or gigabytes. */
const BOMBS: Readonly<Record<string, () => string>> = {
  'elements within elements': () => '<div>'.repeat(MIB / 5),
  'forms within nothing': () => '<form>'.repeat(MIB / 6),
  'formatting that is opened anew in every paragraph': () =>
    `<p>${Array.from({ length: 200 }, (_, index) => `<font size=${index}>`).join('')}</p>${'<p>x'.repeat(MIB / 4)}`,
  'attributes without end': () =>
    `<a ${Array.from({ length: MIB / 8 }, (_, index) => `a${index.toString(36)}`).join(' ')}>`,
  'bodies that add attributes': () =>
    Array.from({ length: MIB / 16 }, (_, index) => `<body b${index}=1>`).join(''),
  'tables that push their content out': () => `<table>${'<br>'.repeat(MIB / 4)}`,
  'fields without end': () => `<form>${'<input name=a>'.repeat(MIB / 14)}`,
  'fields in depth': () => `${'<div>'.repeat(15_000)}<form>${'<input name=a>'.repeat(5000)}`,
  'options without end': () => `<form><select name=a>${'<option>x'.repeat(MIB / 9)}`,
  'errors within errors': () => '<div class=error>'.repeat(MIB / 17),
  'errors below a long style': () =>
    `<div style="${'x'.repeat(MIB / 2)}">${'<p class=error>'.repeat(MIB / 32)}`,
  'labels within labels': () => `<form>${'<label>x<input>'.repeat(MIB / 16)}`,
  'a refresh of white space': () => `<meta http-equiv=refresh content="0;${' '.repeat(MIB)}">`,
  'a style of white space': () => `<input style="display${' '.repeat(MIB)}">`,
  'a label of punctuation': () => `<form><button>${'-A'.repeat(MIB / 2)}</button></form>`,
  'one endless tag': () => `<form ${'x'.repeat(MIB * 8)}`,
};

test.each(Object.keys(BOMBS))('%s are read within bounds', (name) => {
  const page = parsePage(BOMBS[name]?.() ?? '', HERE);
  const controls = page.forms.flatMap((form) => form.controls);
  expect(page.forms.length).toBeLessThanOrEqual(50);
  expect(controls.length).toBeLessThanOrEqual(2000);
  expect(page.text.length).toBeLessThanOrEqual(2000);
});

test('names of fields are only names', () => {
  const html =
    '<form><input name="__proto__" value="a"><input name="constructor" value="b"><input autocomplete="__proto__ toString" name="c"></form>';
  expect(parsePage(html, HERE).forms[0]?.controls).toHaveLength(3);
  expect(Object.prototype).not.toHaveProperty('a');
});
