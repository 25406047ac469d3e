import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readOAuthError,
  readRegistration,
  readResourceMetadata,
  readServerMetadata,
  readTokens,
} from '../../src/oauth/documents.ts';

test('what is well typed is used, what is unknown is left out', () => {
  expect(
    readResourceMetadata({
      resource: 'https://api.demo.test/mcp',
      authorization_servers: ['https://login.demo.test'],
      dpop_bound_access_tokens_required: false,
      colour: 'red',
    }),
  ).toEqual({
    value: {
      resource: 'https://api.demo.test/mcp',
      authorization_servers: ['https://login.demo.test'],
      dpop_bound_access_tokens_required: false,
    },
    problems: [],
  });
});

test('a member of a wrong type is dropped and named', () => {
  expect(
    readServerMetadata({
      issuer: ['https://login.demo.test'],
      code_challenge_methods_supported: 'S256',
      client_id_metadata_document_supported: 'true',
      token_endpoint: null,
    }),
  ).toEqual({
    value: {},
    problems: [
      { code: 'wrong-type', member: 'issuer', message: 'issuer is an array, expected a string' },
      {
        code: 'wrong-type',
        member: 'token_endpoint',
        message: 'token_endpoint is null, expected a string',
      },
      {
        code: 'wrong-type',
        member: 'code_challenge_methods_supported',
        message: 'code_challenge_methods_supported is a string, expected an array of strings',
      },
      {
        code: 'wrong-type',
        member: 'client_id_metadata_document_supported',
        message: 'client_id_metadata_document_supported is a string, expected true or false',
      },
    ],
  });
});

test('the strings of a mixed array are used', () => {
  expect(readRegistration({ grant_types: ['authorization_code', 7] })).toEqual({
    value: { grant_types: ['authorization_code'] },
    problems: [
      {
        code: 'wrong-item',
        member: 'grant_types',
        message: 'grant_types holds items that are no strings, expected an array of strings',
      },
    ],
  });
});

test.each([
  [3600, 3600, undefined],
  ['3600', 3600, 'number-as-string'],
  ['soon', undefined, 'wrong-type'],
  ['', undefined, 'wrong-type'],
  [null, undefined, 'wrong-type'],
])('expires_in %j is used as %s', (expires_in, used, code) => {
  const { value, problems } = readTokens({ expires_in });
  expect(value.expires_in).toBe(used);
  expect(problems[0]?.code).toBe(code);
});

test.each([
  [undefined, 'the document is not JSON, expected a JSON object'],
  [null, 'the document is null, expected a JSON object'],
  [[], 'the document is an array, expected a JSON object'],
  ['x', 'the document is a string, expected a JSON object'],
])('%j is no document', (json, message) => {
  expect(readOAuthError(json)).toEqual({
    value: {},
    problems: [{ code: 'not-an-object', member: '', message }],
  });
});

test('a message never repeats a value, which may be a secret', () => {
  const { problems } = readTokens({
    access_token: ['s3cret'],
    refresh_token: { s3cret: 's3cret' },
  });
  expect(problems).toHaveLength(2);
  expect(JSON.stringify(problems)).not.toContain('s3cret');
});

describe('members that every object inherits', () => {
  test('are not members of a document', () => {
    expect(readOAuthError(Object.create({ error: 'inherited' }))).toEqual({
      value: {},
      problems: [],
    });
  });
});

test('no JSON makes a reader throw', () => {
  const names = ['issuer', 'resource', 'scopes_supported', 'expires_in', 'error', '__proto__'];
  const document = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  fc.assert(
    fc.property(fc.oneof(document, fc.jsonValue()), (json) => {
      const readers = [
        readResourceMetadata,
        readServerMetadata,
        readRegistration,
        readTokens,
        readOAuthError,
      ];
      for (const reader of readers) expect(reader(json)).toHaveProperty('value');
    }),
  );
});
