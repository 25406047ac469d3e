import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { command } from '../../src/consent/command.ts';
import { consentErrorOf, type HeardTools, heardTools } from './support/journey.ts';

const CALLBACK = 'http://127.0.0.1:4711/callback';
const AUTHORIZE = 'https://as.example/authorize?client_id=a&state=b';
const PROGRAM = fileURLToPath(new URL('./programs/drive.js', import.meta.url));

function run(way: string, tools: HeardTools = heardTools(CALLBACK), url = AUTHORIZE) {
  const line = `'${process.execPath}' '${PROGRAM}' ${way}`;
  return command({ command: line, environment: { GREETING: 'hello' } }).approve(url, tools);
}

test('hands over the URL as last argument and in the environment', async () => {
  const tools = heardTools(CALLBACK);
  expect(await run(`tell "a b" '$HOME;id'`, tools)).toBeUndefined();
  expect(JSON.parse(tools.said[0] ?? '')).toEqual({
    url: AUTHORIZE,
    OAUTH_AUTHORIZATION_URL: AUTHORIZE,
    OAUTH_REDIRECT_URI: CALLBACK,
    GREETING: 'hello',
    words: ['tell', 'a b', '$HOME;id'],
  });
});

test('a callback URL in the last line is the answer, and is not shown', async () => {
  const tools = heardTools(CALLBACK);
  expect(await run('answer', tools)).toBe(`${CALLBACK}?code=s3cret&state=s`);
  expect(tools.said).toEqual(['logging in']);
});

test('a callback URL before the last line is no answer, and is not shown either', async () => {
  const tools = heardTools(CALLBACK);
  expect(await run('early', tools)).toBeUndefined();
  expect(tools.said).toEqual(['the end']);
});

test('what the program says is shown without control characters and codes', async () => {
  const tools = heardTools(CALLBACK);
  await run('shout', tools);
  expect(tools.said).toEqual(['red got code=… from http://as/?x=1&code=…']);
});

test('a program that says too much is cut short', async () => {
  const tools = heardTools(CALLBACK);
  await run('flood', tools);
  expect(tools.said).toHaveLength(501);
});

test('a program that fails is an error with its exit code', async () => {
  const error = await consentErrorOf(run('fail'));
  expect(error.code).toBe('command-failed');
  expect(error.message).toContain('ended with exit code 7');
});

test('a program that does not exist is an error', async () => {
  const consent = command({ command: './no-such-program', environment: {} });
  const error = await consentErrorOf(consent.approve(AUTHORIZE, heardTools(CALLBACK)));
  expect(error.code).toBe('command-failed');
  expect(error.message).toContain('"./no-such-program" could not be started');
});

test('a command line that cannot be split is refused before anything runs', () => {
  expect(() => command({ command: "node 'x", environment: {} })).toThrow(
    expect.objectContaining({ code: 'command-failed' }),
  );
});

test('an unsafe URL is not handed to the program', async () => {
  const tools = heardTools(CALLBACK);
  await expect(run('tell', tools, 'file:///etc/passwd')).rejects.toMatchObject({
    code: 'unsafe-url',
  });
  expect(tools.said).toEqual([]);
});

test('an aborted run ends the program', async () => {
  const controller = new AbortController();
  const heard: string[] = [];
  const tools = {
    ...heardTools(CALLBACK),
    signal: controller.signal,
    say: (line: string) => {
      heard.push(line);
      controller.abort(new Error('stopped'));
    },
  };
  await expect(run('hang', tools)).rejects.toThrow('stopped');
  const pid = Number(heard[0]?.slice(4));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
