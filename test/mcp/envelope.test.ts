import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeHeaderValue, wrap } from '../../src/mcp/envelope.ts';
import { findRevision, NEWEST_LEGACY } from '../../src/spec/revisions.ts';

const clientInfo = { name: 'test', version: '1' };
const modern = { revision: findRevision('2026-07-28') ?? NEWEST_LEGACY, clientInfo };
const legacy = { revision: NEWEST_LEGACY, clientInfo };

describe('a modern request', () => {
  test('carries version, client and capabilities in its metadata, and says so in its headers', () => {
    const { headers, body } = wrap(
      { id: 1, method: 'tools/call', params: { name: 'echo', arguments: { a: 1 } } },
      modern,
    );
    expect(headers).toEqual([
      ['content-type', 'application/json'],
      ['accept', 'application/json, text/event-stream'],
      ['mcp-protocol-version', '2026-07-28'],
      ['mcp-method', 'tools/call'],
      ['mcp-name', 'echo'],
    ]);
    expect(JSON.parse(body)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'echo',
        arguments: { a: 1 },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': clientInfo,
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    });
  });

  test.each([
    ['tools/call', { name: 'a' }, 'a'],
    ['prompts/get', { name: 'b' }, 'b'],
    ['resources/read', { uri: 'file:///c', name: 'd' }, 'file:///c'],
    ['tools/list', { name: 'e' }, undefined],
    ['tools/call', {}, undefined],
    ['tools/call', { name: 7 }, undefined],
  ])('%s with %j names %s', (method, params, name) => {
    const { headers } = wrap({ id: 1, method, params }, modern);
    expect(new Map(headers).get('mcp-name')).toBe(name);
  });

  test('never names a session', () => {
    const { headers } = wrap({ id: 1, method: 'x' }, { ...modern, sessionId: 's' });
    expect(new Map(headers).has('mcp-session-id')).toBe(false);
  });

  test('carries the headers of its own', () => {
    const extra = [['mcp-param-region', 'eu']] as const;
    const { headers } = wrap({ id: 1, method: 'tools/call' }, { ...modern, extra });
    expect(headers).toContainEqual(['mcp-param-region', 'eu']);
  });
});

describe('a legacy message', () => {
  test('is sent as it is, with version and session where they are known', () => {
    const message = { id: 1, method: 'tools/list', params: {} };
    const { headers, body } = wrap(message, {
      ...legacy,
      negotiated: '2025-11-25',
      sessionId: 's-1',
    });
    expect(headers).toEqual([
      ['content-type', 'application/json'],
      ['accept', 'application/json, text/event-stream'],
      ['mcp-protocol-version', '2025-11-25'],
      ['mcp-session-id', 's-1'],
    ]);
    expect(JSON.parse(body)).toEqual({ jsonrpc: '2.0', ...message });
  });

  test('before the handshake names neither', () => {
    const names = wrap({ id: 1, method: 'initialize' }, legacy).headers.map(([name]) => name);
    expect(names).toEqual(['content-type', 'accept']);
  });
});

/** What a server makes of an encoded value. */
function decode(value: string): string {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString('utf8');
}

describe('a value in a header', () => {
  test('survives, whatever it is, and fits into a header', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('=?base64?YQ==?=')),
        (value) => {
          const encoded = encodeHeaderValue(value);
          expect(encoded).toMatch(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/);
          expect(decode(encoded)).toBe(value);
        },
      ),
    );
  });

  test('stays as it is where it can', () => {
    const printable = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -_/:{}"'), minLength: 1 });
    fc.assert(
      fc.property(
        printable.filter((value) => value.trim() === value),
        (value) => encodeHeaderValue(value) === value,
      ),
    );
  });

  test.each([
    ['größe-lookup', '=?base64?Z3LDtsOfZS1sb29rdXA=?='],
    [' a', '=?base64?IGE=?='],
    ['', '=?base64??='],
    ['a\nb', '=?base64?YQpi?='],
    ['=?base64?YQ==?=', '=?base64?PT9iYXNlNjQ/WVE9PT89?='],
    ['=?base64?', '=?base64?'],
  ])('%j is written %s', (value, written) => {
    expect(encodeHeaderValue(value)).toBe(written);
  });
});
