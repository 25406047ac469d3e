import { describe, expect, test } from 'vitest';
import { supportedVersions } from '../../src/mcp/discover.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { converse, errorOf, json, type Message, result } from './support.ts';

const revision = findRevision('2026-07-28');
const modern = { ...(revision && { revision }) };

function refused(message: Message, code: number, data?: unknown): object {
  return { jsonrpc: '2.0', id: message.id, error: { code, message: 'no', data } };
}

describe('a modern session', () => {
  test('begins with a discovery, and no handshake', async () => {
    const { session, asked } = await converse(
      (one, response) => result(one, response, { supportedVersions: ['2026-07-28'] }),
      modern,
    );
    expect(await session.open()).toMatchObject({ revision: '2026-07-28' });
    await session.request('tools/call', { name: 'größe' });
    expect(asked.map(({ message }) => message.method)).toEqual(['server/discover', 'tools/call']);
    expect(asked[1]?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': '=?base64?Z3LDtsOfZQ==?=',
    });
  });

  test('ends without a word, whatever the server sent', async () => {
    const { session, asked } = await converse((one, response) => {
      response.setHeader('mcp-session-id', 's-1');
      result(one, response, {});
    }, modern);
    await session.open();
    expect(await session.close()).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  test('is asked for once more where the server refuses the version that it names', async () => {
    let count = 0;
    const { session } = await converse((one, response) => {
      count += 1;
      if (count > 1) return result(one, response, { supportedVersions: ['2026-07-28'] });
      json(response, refused(one.message, -32022, { supported: ['2026-07-28'] }), 400);
    }, modern);
    expect((await session.open()).revision).toBe('2026-07-28');
    expect(count).toBe(2);
  });

  test('is not asked for a third time', async () => {
    const { session, asked } = await converse(
      (one, response) =>
        json(response, refused(one.message, -32022, { supported: ['2026-07-28'] }), 400),
      modern,
    );
    const error = await errorOf(session.open());
    expect(supportedVersions(error)).toEqual(['2026-07-28']);
    expect(asked).toHaveLength(2);
  });

  test('goes on with a server that knows no discovery', async () => {
    const { session } = await converse(
      (one, response) => json(response, refused(one.message, -32601), 404),
      modern,
    );
    expect((await session.open()).revision).toBe('2026-07-28');
  });

  test('is refused by a server that lists other versions', async () => {
    const { session } = await converse(
      (one, response) => result(one, response, { supportedVersions: ['2025-11-25', {}] }),
      modern,
    );
    const error = await errorOf(session.open());
    expect(error.message).toContain('2025-11-25');
    expect(supportedVersions(error)).toEqual(['2025-11-25']);
  });
});

test.each([[undefined], [new Error('other')]])('%s names no versions', (error) => {
  expect(supportedVersions(error)).toEqual([]);
});
