import { expect, test } from 'vitest';
import { form } from '../../../src/consent/form.ts';
import { judge } from '../../../src/rules/judge.ts';
import { findRevision } from '../../../src/spec/revisions.ts';
import { formOf } from '../../../src/trace/body.ts';
import type { Trace } from '../../../src/trace/schema.ts';
import { consentErrorOf, heardTools } from '../../consent/support/journey.ts';
import { living, runIn } from './support.ts';

const world = living('legacy');
const bare = living('legacy-bare');
const FIRST = findRevision('2025-03-26')!;

function requestsOf({ trace_log }: Trace): readonly string[] {
  return trace_log
    .filter(({ channel }) => channel !== 'loopback')
    .map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
}

test('a client of the first revision takes the seven steps that it always took', async () => {
  const { trace } = await runIn(world, { revision: FIRST });
  expect(trace.sequence_summary.outcome).toBe('completed');
  expect([...new Set(requestsOf(trace))]).toEqual([
    'POST /',
    'GET /.well-known/oauth-authorization-server',
    'POST /register',
    'GET /authorize',
    'POST /authorize',
    'POST /token',
    'DELETE /',
  ]);
});

test('no error is found by the rules of the first revision', async () => {
  const { trace } = await runIn(world, { revision: FIRST });
  expect(judge(trace).findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
});

test('without any metadata the default endpoints are used', async () => {
  const { trace } = await runIn(bare, { revision: FIRST });
  const document = trace.trace_log.find(({ step }) => step === 'server-metadata');
  expect(document?.response?.status).toBe(404);
  expect(trace.sequence_summary.outcome).toBe('completed');
  expect(requestsOf(trace)).toContain('POST /register');
});

test('the login form posts to the URL it stands at, the request still in its query', async () => {
  const { trace } = await runIn(world);
  const [shown, posted] = trace.trace_log.filter(({ request }) =>
    request.url.includes('/authorize'),
  );
  expect(posted?.request.url).toBe(shown?.request.url);
  expect(formOf(posted!).get('username')).toBe('testuser');
});

test('a wrong password shows the form again', async () => {
  const { trace } = await runIn(world);
  const url = trace.trace_log.find(({ request }) => request.url.includes('/authorize'))?.request
    .url;
  const wrong = form({ username: 'testuser', password: 'wrong' });
  const error = await consentErrorOf(
    wrong.approve(url ?? '', heardTools('http://127.0.0.1:9/callback')),
  );
  // The run has deleted nothing: a server of the first revision offers no way.
  expect(error.code).toBe('login-refused');
  expect(error.message).toContain('Wrong user name or password.');
});

test('its challenge points nowhere, and its registrations cannot be managed', async () => {
  const { trace } = await runIn(world);
  const challenge = trace.trace_log[0]?.response?.headers.find(
    ([name]) => name === 'www-authenticate',
  );
  expect(challenge?.[1]).toBe('Bearer realm="recipes"');
  const registered = trace.trace_log.find(({ step }) => step === 'registration');
  expect(registered?.response?.body?.text).not.toContain('registration_client_uri');
});
