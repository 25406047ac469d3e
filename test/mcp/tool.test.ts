import { describe, expect, test } from 'vitest';
import { hasValidAnnotations, parameterHeaders } from '../../src/mcp/tool.ts';

const tool = (properties: object) => ({ name: 't', inputSchema: { type: 'object', properties } });

describe('the headers of a call', () => {
  const annotated = tool({
    region: { type: 'string', 'x-mcp-header': 'Region' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
    plain: { type: 'string' },
    inner: { type: 'object', properties: { deep: { type: 'string', 'x-mcp-header': 'Deep' } } },
  });

  test('repeat the annotated arguments, nested ones included', () => {
    const given = { region: 'größe', count: 3, dry: false, plain: 'x', inner: { deep: 'd' } };
    expect(parameterHeaders(annotated, given)).toEqual([
      ['mcp-param-Region', '=?base64?Z3LDtsOfZQ==?='],
      ['mcp-param-Count', '3'],
      ['mcp-param-Dry', 'false'],
      ['mcp-param-Deep', 'd'],
    ]);
  });

  test('leave out what is not given', () => {
    expect(parameterHeaders(annotated, { region: null })).toEqual([]);
  });

  test.each([[undefined], [tool({})], [{ name: 't' }], [{ name: 't', inputSchema: 'x' }]])(
    'are none for %j',
    (listed) => {
      expect(parameterHeaders(listed, { a: 1 })).toEqual([]);
    },
  );
});

describe('the annotations of a tool', () => {
  test.each([
    ['without any', {}],
    ['one per property', { a: { type: 'string', 'x-mcp-header': 'A' } }],
  ])('%s are valid', (_, properties) => {
    expect(hasValidAnnotations(tool(properties))).toBe(true);
  });

  test.each([
    ['a number', { a: { type: 'number', 'x-mcp-header': 'A' } }],
    ['a name that no header has', { a: { type: 'string', 'x-mcp-header': 'A B' } }],
    ['an empty name', { a: { type: 'string', 'x-mcp-header': '' } }],
    ['a name that is no string', { a: { type: 'string', 'x-mcp-header': 1 } }],
    [
      'a name twice, in another case',
      {
        a: { type: 'string', 'x-mcp-header': 'A' },
        b: { type: 'string', 'x-mcp-header': 'a' },
      },
    ],
    [
      'a nested fault',
      { a: { type: 'object', properties: { b: { type: 'array', 'x-mcp-header': 'B' } } } },
    ],
  ])('with %s are not', (_, properties) => {
    expect(hasValidAnnotations(tool(properties))).toBe(false);
  });
});
