import { expect, test } from 'vitest';
import { findCause } from '../../src/rules/cause.ts';
import { judge } from '../../src/rules/judge.ts';
import { startServer } from '../../src/server/start.ts';
import { runHeadlessly } from '../interop/run.ts';
import { edit, formBody, PARTS } from './support.ts';

test.each([
  ['The request was refused', 'user'],
  ['Wrong user name or password. We use cookies to improve this site.', 'user'],
  ['Session cookie missing', 'deployment'],
  ['CSRF verification failed. Request aborted.', 'deployment'],
  ['This form was not sent from a page of this visit. Start again.', 'deployment'],
])('a login form that is answered 403 "%s" is for the %s', (words, fault) => {
  const page = `<title>Refused</title><p>${words}</p>`;
  const { trace } = edit()
    .without('callback', 'token', 'refresh')
    .again('authorize', (one) => ({
      ...one,
      caused_by: PARTS.authorize,
      request: {
        ...one.request,
        method: 'POST',
        url: 'https://login.demo.test/login',
        body: formBody({ username: 'ada', password: '<password #1>' }),
      },
      response: {
        status: 403,
        headers: [['content-type', 'text/html']],
        body: { media_type: 'text/html', size: page.length, text: page },
      },
    }))
    .failedAt('authorization', 'the page was refused');
  expect(findCause(trace, judge(trace).findings)).toMatchObject({ step: 'authorization', fault });
});

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
