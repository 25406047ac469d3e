import { describe, expect, test } from 'vitest';
import { paste } from '../../src/consent/paste.ts';
import { consentErrorOf, heardTools } from './support/journey.ts';

const CALLBACK = 'http://127.0.0.1:4711/callback';
const AUTHORIZE = 'https://as.example/authorize?client_id=a&state=st%2F1';

test.each([
  [`${CALLBACK}?code=c1&state=st%2F1&iss=x`, `${CALLBACK}?code=c1&state=st%2F1&iss=x`],
  [`  "${CALLBACK}?code=c1&state=s"  `, `${CALLBACK}?code=c1&state=s`],
  [`<${CALLBACK}?error=access_denied&state=s>`, `${CALLBACK}?error=access_denied&state=s`],
  ['code=c1&state=s', `${CALLBACK}?code=c1&state=s`],
  ['?state=s&code=c1', `${CALLBACK}?state=s&code=c1`],
  ['127.0.0.1:4711/callback?code=c1&state=s', `${CALLBACK}?code=c1&state=s`],
  ['4/0AX4-x_y.z', `${CALLBACK}?code=4%2F0AX4-x_y.z&state=st%2F1`],
  ['abc+/==', `${CALLBACK}?code=abc%2B%2F%3D%3D&state=st%2F1`],
  ['\u001b[200~plain\u001b[201~', `${CALLBACK}?code=plain&state=st%2F1`],
])('%j is understood', async (line, expected) => {
  expect(await paste().approve(AUTHORIZE, heardTools(CALLBACK, line))).toBe(expected);
});

test.each([
  ['', 'nothing-pasted'],
  ['   ', 'nothing-pasted'],
  ['https://as.example/login?code=s3cret', 'paste-not-understood'],
  [`${CALLBACK}?state=s3cret`, 'paste-not-understood'],
  ['two s3cret words', 'paste-not-understood'],
  ['state=s3cret', 'paste-not-understood'],
  ['app://callback?x=s3cret', 'paste-not-understood'],
])('%j is refused and not quoted', async (line, code) => {
  const error = await consentErrorOf(paste().approve(AUTHORIZE, heardTools(CALLBACK, line)));
  expect(error.code).toBe(code);
  expect(error.message).not.toContain('s3cret');
});

test('a code alone is not enough where the server promises iss beside it', async () => {
  const asked: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return 's3cret';
  };
  const tools = { ...heardTools(CALLBACK), needsIss: true, ask };
  const error = await consentErrorOf(paste().approve(AUTHORIZE, tools));
  expect(error.code).toBe('paste-not-understood');
  expect(error.message).toContain('the whole URL');
  expect(error.message).not.toContain('s3cret');
  expect(asked.join()).not.toContain('code');
});

describe('after a line that is not understood', () => {
  /** What a user types, line by line; then the input ends. */
  function typing(...lines: string[]) {
    const tools = heardTools(CALLBACK);
    return { ...tools, ask: async () => lines.shift() ?? '' };
  }

  test('the next one is asked for, and the user hears why', async () => {
    const tools = typing('two s3cret words', 'state=s', 'code=c1&state=s');
    expect(await paste().approve(AUTHORIZE, tools)).toBe(`${CALLBACK}?code=c1&state=s`);
    const reasons = tools.said.filter((line) => line.startsWith('Not understood: '));
    expect(reasons).toHaveLength(2);
    expect(reasons.join()).toContain('expected the whole URL');
    expect(reasons.join()).not.toContain('s3cret');
  });

  test('three are enough', async () => {
    const tools = typing('a b', 'c d', 'e f', 'code=c1&state=s');
    expect((await consentErrorOf(paste().approve(AUTHORIZE, tools))).code).toBe(
      'paste-not-understood',
    );
  });

  test('and nothing more, that line is the reason', async () => {
    const error = await consentErrorOf(paste().approve(AUTHORIZE, typing('a b')));
    expect(error.code).toBe('paste-not-understood');
  });
});

test('prints the URL before it asks', async () => {
  const tools = heardTools(CALLBACK, 'c');
  await paste().approve(AUTHORIZE, tools);
  expect(tools.said).toContain(AUTHORIZE);
});

test('an aborted run does not wait for the line', async () => {
  const controller = new AbortController();
  const ask = (): Promise<string> => {
    controller.abort(new Error('stopped'));
    return new Promise(() => {});
  };
  const tools = { ...heardTools(CALLBACK), signal: controller.signal, ask };
  await expect(paste().approve(AUTHORIZE, tools)).rejects.toThrow('stopped');
});
