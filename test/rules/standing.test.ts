import { describe, expect, test } from 'vitest';
import { standingOf } from '../../src/rules/standing.ts';

const rows = [
  ['authorization-server', 'registration', 'auto', '2026-07-28', 'full'],
  ['authorization-server', 'registration', 'auto', '2025-11-25', 'advice'],
  ['authorization-server', 'registration', 'auto', null, 'full'],
  ['mcp-server', 'call', 'auto', '2025-11-25', 'none'],
  ['authorization-server', 'registration', 'auto', '2024-11-05', 'advice'],
  ['mcp-server', 'call', 'auto', '2024-11-05', 'none'],
  ['mcp-server', 'call', 'auto', '2099-01-01', 'full'],
  ['client', 'call', 'auto', '2024-11-05', 'none'],
  ['client', 'registration', '2026-07-28', '2026-07-28', 'full'],
  ['client', 'registration', 'auto', '2026-07-28', 'none'],
  ['client', 'registration', 'auto', null, 'none'],
  ['client', 'call', 'auto', '2026-07-28', 'full'],
  ['client', 'call', 'auto', '2025-11-25', 'none'],
] as const;

describe('a rule of the newest revision', () => {
  test.each(rows)('about the %s at %s, asked %s and used %s, stands at %s', (...row) => {
    const [fault, step, asked, used, standing] = row;
    expect(standingOf({ fault, step, revisions: 'D' }, { asked, used })).toBe(standing);
  });
});
