import { describe, expect, it } from 'vitest';
import { findSurvivors } from '../../src/trace/redact.ts';

const secret = { kind: 'password', value: 'p/ss w&rd?"é' };
const spelled: Readonly<Record<string, string>> = {
  'as it is': secret.value,
  'percent-encoded': encodeURIComponent(secret.value),
  'percent-encoded in lower case': encodeURIComponent(secret.value).toLowerCase(),
  'percent-encoded twice': encodeURIComponent(encodeURIComponent(secret.value)),
  'as a form writes it': new URLSearchParams({ a: secret.value }).toString(),
  'as JSON': JSON.stringify(secret.value),
  'as JSON within JSON': JSON.stringify(JSON.stringify(secret.value)),
  'as JSON in ASCII': '"p\\/ss w\\u0026rd?\\"\\u00e9"',
  'as HTML': 'p/ss w&amp;rd?&quot;&#233;',
  'as the bytes of UTF-8 read one by one': Buffer.from(secret.value).toString('latin1'),
  'as base64': Buffer.from(secret.value).toString('base64'),
  'as base64 one byte on': Buffer.from(`a${secret.value}z`).toString('base64'),
  'as base64 two bytes on': Buffer.from(`ab${secret.value}z`).toString('base64'),
  'as base64url': Buffer.from(`id:${secret.value}`).toString('base64url'),
};

describe('the last search', () => {
  it.each(Object.entries(spelled))('finds a secret %s', (_, text) => {
    expect(findSurvivors(`before ${text} after`, [secret])).toEqual([secret]);
  });

  it('finds nothing where there is nothing', () => {
    expect(findSurvivors('<password #1> p/ss w&r', [secret])).toEqual([]);
  });

  it('tells which of many survived', () => {
    const others = Array.from({ length: 1000 }, (_, n) => ({ value: `another-secret-${n}` }));
    expect(findSurvivors('another-secret-77, another-secret-999', others)).toEqual([
      { value: 'another-secret-77' },
      { value: 'another-secret-999' },
    ]);
  });

  it.each(['abc', 'password', '<password #1>'])(
    'cannot tell %s apart and says nothing',
    (value) => {
      expect(findSurvivors(`{"password":"<password #1>","abc":1} ${value}`, [{ value }])).toEqual(
        [],
      );
    },
  );
});
