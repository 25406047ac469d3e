import { expect, test } from 'vitest';
import { print } from '../../src/consent/print.ts';
import { heardTools } from './support/journey.ts';

const URL_TO_OPEN = 'https://as.example/authorize?client_id=a&state=b';

test('prints the URL on a line of its own and leaves the callback to the listener', async () => {
  const tools = heardTools('http://127.0.0.1:4711/callback');
  expect(await print().approve(URL_TO_OPEN, tools)).toBeUndefined();
  expect(tools.said).toHaveLength(2);
  expect(tools.said[1]).toBe(URL_TO_OPEN);
});

test.each([
  [{ port: 22 }, 'ssh -L 4711:127.0.0.1:4711 <this machine>'],
  [{ port: 2200, host: 'box' }, 'ssh -p 2200 -L 4711:127.0.0.1:4711 box'],
])('over SSH at %j it says %s', async (ssh, hint) => {
  const tools = heardTools('http://127.0.0.1:4711/callback');
  await print({ ssh }).approve(URL_TO_OPEN, tools);
  expect(tools.said.at(-1)).toContain(hint);
});

test('an address that is no web page is not printed', async () => {
  const tools = heardTools('http://127.0.0.1:4711/callback');
  await expect(print().approve('javascript:alert(1)', tools)).rejects.toMatchObject({
    code: 'unsafe-url',
  });
  expect(tools.said).toEqual([]);
});
