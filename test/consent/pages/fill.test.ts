import { expect, test } from 'vitest';
import { submitterOf } from '../../../src/consent/pages/choice.ts';
import { type Answers, fillForm } from '../../../src/consent/pages/fill.ts';
import { parsePage } from '../../../src/consent/pages/parse.ts';
import { formFor, signUpLink } from '../../../src/consent/pages/purpose.ts';
import { loginPage } from '../support/journey.ts';

const NOTHING: Answers = { kinds: {}, fields: new Map(), grants: false };

function fill(controls: string, answers: Partial<Answers> = {}) {
  const [form] = parsePage(`<form>${controls}</form>`, 'https://h/').forms;
  if (!form) throw new Error('no form');
  return fillForm(form, submitterOf(form), { ...NOTHING, ...answers });
}

test.each([
  ['<input name="a" value="1"><input value="2"><input name="c" value="3" disabled>', [['a', '1']]],
  ['<input type="hidden" name="_charset_">', [['_charset_', 'UTF-8']]],
  ['<input type="checkbox" name="a"><input type="checkbox" name="b" checked>', [['b', 'on']]],
  ['<input type="checkbox" name="a" value="x" required>', [['a', 'x']]],
  [
    '<input type="radio" name="a" value="1" checked><input type="radio" name="a" value="2" checked>',
    [['a', '2']],
  ],
  ['<input type="radio" name="a" value="1"><input type="radio" name="a" value="2">', []],
  ['<select name="a"><option>x<option value="2">y</select>', [['a', 'x']]],
  [
    '<select name="a"><optgroup label="g" disabled><option>x</optgroup><optgroup><option>y</optgroup></select>',
    [['a', 'y']],
  ],
  [
    '<select name="a" multiple><option selected>x<option><option selected>z</select>',
    [
      ['a', 'x'],
      ['a', 'z'],
    ],
  ],
  ['<select name="a"></select>', []],
  ['<textarea name="a">\nx\n</textarea>', [['a', 'x\n']]],
  [
    '<input type="image" name="i" alt="Go">',
    [
      ['i.x', '0'],
      ['i.y', '0'],
    ],
  ],
  [
    '<button name="b" value="1">Cancel</button><button name="b" value="2">Go</button>',
    [['b', '2']],
  ],
  ['<button name="b" value="1" type="button">Go</button>', []],
])('%s sends %j', (controls, entries) => {
  expect(fill(controls).entries).toEqual(entries);
});

test('a value for a hidden field replaces what stands there', () => {
  const fields = new Map([['a', '2']]);
  expect(fill('<input type="hidden" name="a" value="1">', { fields }).entries).toEqual([
    ['a', '2'],
  ]);
});

test('nothing is typed into what the user cannot see or change', () => {
  const kinds = { username: 'ada', password: 'pw' };
  const html =
    '<input name="username" type="hidden" value=""><input name="user" readonly value="bob"><p hidden><input type="password" name="p"></p>';
  expect(fill(html, { kinds })).toEqual({
    entries: [
      ['username', ''],
      ['user', 'bob'],
      ['p', ''],
    ],
    typed: [],
    missing: [],
  });
});

test('a password that is read-only until it is clicked on is typed', () => {
  const html = '<input type="password" name="p" readonly onfocus="removeAttribute(\'readonly\')">';
  expect(fill(html, { kinds: { password: 'pw' } }).entries).toEqual([['p', 'pw']]);
});

test('a name that stands there already is no missing name', () => {
  expect(fill('<input name="username" value="ada">').missing).toEqual([]);
});

test('a sign-up form is found and filled by kinds, both passwords alike', () => {
  const page = parsePage(loginPage('sign-up'), 'https://h/');
  const form = formFor(page, 'sign-up', new Map());
  if (!form) throw new Error('no sign-up form');
  const kinds = { username: 'ada', email: 'ada@h.example', password: 'pw', name: 'Ada' };
  expect(fillForm(form, submitterOf(form), { ...NOTHING, kinds })).toEqual({
    entries: [
      ['csrf', 'c1'],
      ['user_name', 'ada'],
      ['mail', 'ada@h.example'],
      ['fullName', 'Ada'],
      ['password', 'pw'],
      ['confirm', 'pw'],
      ['terms', 'on'],
    ],
    typed: ['username', 'email', 'name', 'password', 'password'],
    missing: [],
  });
});

test.each([
  ['realm-login', 'https://h/realm/registration'],
  ['csrf-login', 'https://h/accounts/signup/'],
  ['identifier-first', 'https://h/u/signup?state=hKFo2SBP'],
  ['interaction-login', undefined],
])('the way from %s to its sign-up page is %s', (name, url) => {
  expect(signUpLink(parsePage(loginPage(name), 'https://h/'))?.url).toBe(url);
});
