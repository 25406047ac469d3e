import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOf } from '../../../src/consent/pages/page.ts';
import { parsePage, parseRefresh } from '../../../src/consent/pages/parse.ts';

const HERE = 'https://as.example/login/start?session=1';

function names(html: string): readonly (readonly string[])[] {
  return parsePage(html, HERE).forms.map((form) => fieldsOf(form).map(({ name }) => name));
}

test.each([
  ['<form action="x">', 'https://as.example/login/x'],
  ['<form action="">', HERE],
  ['<form>', HERE],
  ['<base href="/b/"><form action="x">', 'https://as.example/b/x'],
  ['<base href="https://other.example/"><form>', HERE],
  ['<form action="javascript:x()">', 'javascript:x()'],
])('the address of %s is %s', (html, action) => {
  expect(parsePage(html, HERE).forms[0]?.action).toBe(action);
});

test('a field outside its form is found by its form attribute', () => {
  expect(
    names(
      '<form id="f"></form><form id="g"><input name="a" form="f"></form><input name="b" form="f">',
    ),
  ).toEqual([['a', 'b'], []]);
});

test('a field in a disabled group is disabled, except in its legend', () => {
  const { forms } = parsePage(
    '<form><fieldset disabled><legend><input name="a"></legend><input name="b"></fieldset></form>',
    HERE,
  );
  expect(forms.flatMap(fieldsOf).map(({ name, disabled }) => [name, disabled])).toEqual([
    ['a', false],
    ['b', true],
  ]);
});

test.each([
  ['<label for="x">Name</label><input id="x">', 'Name'],
  ['<label>Name <input></label>', 'Name'],
  ['<input aria-label="Name">', 'Name'],
  ['<b id="n">Na</b><i id="m">me</i><input aria-labelledby="n m">', 'Na me'],
  ['<input title="Name">', 'Name'],
])('the label of %s is %s', (html, label) => {
  expect(parsePage(`<form>${html}</form>`, HERE).forms.flatMap(fieldsOf)[0]?.label).toBe(label);
});

test('what the page hides is marked as hidden', () => {
  const html =
    '<form><input name="a" hidden><div style="Display : None"><input name="b"></div><input name="c"></form>';
  const fields = parsePage(html, HERE).forms.flatMap(fieldsOf);
  expect(fields.filter(({ concealed }) => concealed).map(({ name }) => name)).toEqual(['a', 'b']);
});

test('nothing in a template belongs to the page', () => {
  expect(names('<template><form><input name="a"></form></template>')).toEqual([]);
});

test('links that lead to another page are read, others are not', () => {
  const html =
    '<a href="#top">Top</a><a href="mailto:a@b">Mail</a><a href="javascript:x()">Do</a><a>Dead</a><a href="next">Next</a>';
  expect(parsePage(html, HERE).links).toEqual([
    { url: 'https://as.example/login/next', text: 'Next' },
  ]);
});

test.each([
  ['0;url=/a', { address: '/a', seconds: 0 }],
  ['5; URL="b?c=d;e"', { address: 'b?c=d;e', seconds: 5 }],
  ["0.5;url='x'", { address: 'x', seconds: 0 }],
  ['1,/a', { address: '/a', seconds: 1 }],
  ['5', undefined],
  ['', undefined],
  ['url=/a', undefined],
])('a refresh of %j leads to %j', (content, expected) => {
  expect(parseRefresh(content)).toEqual(expected);
});

test('a refresh inside noscript leads nowhere', () => {
  const html = '<noscript><meta http-equiv="refresh" content="0;url=/nojs"></noscript>';
  expect(parsePage(html, HERE).refresh).toBeUndefined();
});

test.each([
  '<div class="alert alert-danger">Wrong <b>password</b></div>',
  '<p role="alert">Wrong password</p>',
  '<ul class="errorlist"><li>Wrong</li><li>password</li></ul>',
])('%s reads as an error', (html) => {
  expect(parsePage(html, HERE).alerts).toEqual(['Wrong password']);
});

test('an error that is hidden or empty is none', () => {
  const html = '<p class="error" style="display:none">x</p><p class="error"></p>';
  expect(parsePage(html, HERE).alerts).toEqual([]);
});

test('no text is too odd to read', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '<form>',
      '</form>',
      '<input name=',
      '<select>',
      '<option>',
      '<table>',
      '<tr>',
      '<svg>',
      '<template>',
      '<label for=a>',
      '<button>',
      '<meta http-equiv=refresh content="',
      '<base href="',
      '"',
      '>',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(parsePage(pieces.join(''), HERE).url).toBe(HERE);
    }),
  );
});
