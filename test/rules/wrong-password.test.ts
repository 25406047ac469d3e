import { expect, test } from 'vitest';
import { findCause } from '../../src/rules/cause.ts';
import { judge } from '../../src/rules/judge.ts';
import { startServer } from '../../src/server/start.ts';
import { runHeadlessly } from '../interop/run.ts';

test('a wrong password is nobody’s to mend but the user’s', async () => {
  const server = await startServer();
  try {
    const { trace } = await runHeadlessly(server.mcpUrl, {
      username: 'testuser',
      password: 'mistyped-password',
    });
    expect(trace.sequence_summary.failed_step).toBe('authorization');
    const { findings } = judge(trace);
    expect(findings.map(({ rule }) => rule.id)).toEqual([]);
    const cause = findCause(trace, findings);
    expect(cause?.fault).toBe('user');
    expect(cause?.message).toMatch(
      /^the login page "Log in" at \S+ refused the user's credentials: "User name or password is wrong\."/,
    );
  } finally {
    await server.close();
  }
});
