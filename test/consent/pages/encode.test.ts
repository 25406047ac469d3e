import { expect, test } from 'vitest';
import { submissionOf } from '../../../src/consent/pages/encode.ts';
import type { Entry } from '../../../src/consent/pages/fill.ts';
import { submittersOf } from '../../../src/consent/pages/page.ts';
import { parsePage } from '../../../src/consent/pages/parse.ts';

const ENTRIES: readonly Entry[] = [
  ['a b', 'ä&=+*'],
  ['q"\n', 'one\ntwo\rthree\r\n'],
];

function submit(attributes: string, button = '<button>Go</button>') {
  const [form] = parsePage(`<form ${attributes}>${button}</form>`, 'https://h/p?old=1').forms;
  if (!form) throw new Error('no form');
  return submissionOf(form, submittersOf(form)[0], ENTRIES, 'BOUNDARY');
}

test('a GET form puts its entries in place of the query', () => {
  expect(submit('action="/s?x=1#f"')).toEqual({
    method: 'GET',
    url: 'https://h/s?a+b=%C3%A4%26%3D%2B*&q%22%0D%0A=one%0D%0Atwo%0D%0Athree%0D%0A#f',
  });
});

test('a POST form keeps the query of its address', () => {
  expect(submit('method=post')).toEqual({
    method: 'POST',
    url: 'https://h/p?old=1',
    body: 'a+b=%C3%A4%26%3D%2B*&q%22%0D%0A=one%0D%0Atwo%0D%0Athree%0D%0A',
    contentType: 'application/x-www-form-urlencoded',
  });
});

test('a multipart form keeps values apart, whatever they hold', () => {
  expect(submit('method=post enctype="multipart/form-data"')).toMatchObject({
    body: '--BOUNDARY\r\nContent-Disposition: form-data; name="a b"\r\n\r\nä&=+*\r\n--BOUNDARY\r\nContent-Disposition: form-data; name="q%22%0D%0A"\r\n\r\none\r\ntwo\r\nthree\r\n\r\n--BOUNDARY--\r\n',
    contentType: 'multipart/form-data; boundary=BOUNDARY',
  });
});

test('a plain text form sends lines', () => {
  expect(submit('method=post enctype="text/plain"')).toMatchObject({
    body: 'a b=ä&=+*\r\nq"\n=one\r\ntwo\r\nthree\r\n\r\n',
    contentType: 'text/plain',
  });
});

test('a button overrides what its form says', () => {
  const button = '<button formaction="/b" formmethod="post" formenctype="text/plain">Go</button>';
  expect(submit('action="/s"', button)).toMatchObject({
    method: 'POST',
    url: 'https://h/b',
    contentType: 'text/plain',
  });
});
