import { createHash, webcrypto } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { digestOf } from '../../src/http/digest.ts';

const LONG = Buffer.alloc(100_000, 'long');

afterEach(() => void vi.restoreAllMocks());

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('the digest of a long body', () => {
  test('is right when asked for at once, and later', async () => {
    const beside = vi.spyOn(webcrypto.subtle, 'digest');
    const [early, late] = [digestOf(LONG), digestOf(LONG)];
    expect(early()).toBe(sha256(LONG));
    await Promise.all(beside.mock.results.map(({ value }) => value));
    expect(late()).toBe(sha256(LONG));
    expect(early()).toBe(sha256(LONG));
  });

  test('is the one computed beside the run', async () => {
    const made = Buffer.alloc(32, 0xab);
    const beside = vi
      .spyOn(webcrypto.subtle, 'digest')
      .mockResolvedValue(new Uint8Array(made).buffer);
    const digest = digestOf(LONG);
    await beside.mock.results[0]?.value;
    expect(digest()).toBe('ab'.repeat(32));
  });

  test('is there also where that fails', async () => {
    vi.spyOn(webcrypto.subtle, 'digest').mockRejectedValue(new Error('no threads'));
    const digest = digestOf(LONG);
    await Promise.resolve();
    expect(digest()).toBe(sha256(LONG));
  });
});

test('the digest of a short body takes no other thread', () => {
  const beside = vi.spyOn(webcrypto.subtle, 'digest');
  expect(digestOf(Buffer.from('short'))()).toBe(sha256(Buffer.from('short')));
  expect(beside).not.toHaveBeenCalled();
});
