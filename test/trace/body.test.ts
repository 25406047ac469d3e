import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, hasMark, jsonOf, messagesOf, objectOf, queryOf } from '../../src/trace/body.ts';
import { exchange, formBody, jsonBody, textBody } from './support.ts';

describe('a JSON body', () => {
  it('is read whatever its media type says', () => {
    expect(jsonOf(textBody('{"a":1}', 'text/plain'))).toEqual({ a: 1 });
  });

  it('is read behind a byte order mark', () => {
    expect(jsonOf(textBody('\ufeff{"a":1}'))).toEqual({ a: 1 });
    expect([textBody('\ufeff{}'), textBody('{}'), null].map(hasMark)).toEqual([true, false, false]);
  });

  it.each([
    ['none', null],
    ['one that is not JSON', textBody('<p>')],
    ['a cut one', { ...jsonBody({ a: 1 }), truncated: true }],
    ['bytes', { media_type: 'x/y', size: 1, base64: '/w==' }],
  ])('is undefined for %s', (_, body) => {
    expect(jsonOf(body)).toBeUndefined();
  });

  it.each([[[1]], ['x'], [null], [1]])('is no object when it is %j', (value) => {
    expect(objectOf(jsonBody(value))).toBeUndefined();
  });
});

describe('the fields of a request', () => {
  it('are those of a form', () => {
    expect(formOf(exchange({ body: formBody({ a: 'b c&d' }) })).get('a')).toBe('b c&d');
  });

  it('are none for another media type', () => {
    expect([...formOf(exchange({ body: textBody('a=b') }))]).toEqual([]);
  });

  it('are those of the query, without the fragment', () => {
    expect([...queryOf(exchange({ url: 'http://a/b?c=d+e&c=%20#f?g=h' }))]).toEqual([
      ['c', 'd e'],
      ['c', ' '],
    ]);
  });
});

describe('JSON-RPC messages', () => {
  const message = (id: number) => ({ jsonrpc: '2.0', id, result: {} });
  const events = (text: string) => textBody(text, 'text/event-stream');

  it.each([
    ['a single message', jsonBody(message(1)), [1]],
    ['a batch', jsonBody([message(1), { id: 2 }, message(3)]), [1, 3]],
    ['no message', jsonBody({ id: 1 }), []],
    [
      'events of every line ending',
      events(`data: ${JSON.stringify(message(1))}\r\n\r\ndata:${JSON.stringify(message(2))}\n\n`),
      [1, 2],
    ],
    ['an event over several lines', events('data: {"jsonrpc":\ndata: "2.0","id":7}\n\n'), [7]],
    [
      'an event that is no JSON',
      events(`data: hello\n\ndata: ${JSON.stringify(message(2))}\n\n`),
      [2],
    ],
  ])('are found in %s', (_, body, ids) => {
    expect(messagesOf(body).map(({ id }) => id)).toEqual(ids);
  });

  it('never throw, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('application/json', 'text/event-stream'),
        (text, type) => {
          expect(Array.isArray(messagesOf(textBody(text, type)))).toBe(true);
        },
      ),
    );
  });
});
