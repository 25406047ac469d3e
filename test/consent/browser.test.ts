import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { browser } from '../../src/consent/browser.ts';
import { heardTools } from './support/journey.ts';

const CALLBACK = 'http://127.0.0.1:4711/callback';

test('opens the URL, parsed and written anew, and says it', async () => {
  const opened: string[] = [];
  const tools = heardTools(CALLBACK);
  const open = async (url: string) => ({ once: () => opened.push(url) });
  expect(await browser({ open }).approve('HTTPS://As.Example/a?b=$(id)', tools)).toBeUndefined();
  expect(opened).toEqual(['https://as.example/a?b=%24%28id%29']);
  expect(tools.said).toContain('https://as.example/a?b=%24%28id%29');
});

test.each([
  'javascript:alert(1)',
  'file:///bin/sh',
  'data:text/html,x',
  'calc:',
  'http://a$(touch x)/',
  'https://as.example/\u0000',
  'https://me:secret@as.example/',
])('%j never reaches the operating system', async (url) => {
  const opened: string[] = [];
  const tools = heardTools(CALLBACK);
  const open = async (address: string) => ({ once: () => opened.push(address) });
  await expect(browser({ open }).approve(url, tools)).rejects.toMatchObject({ code: 'unsafe-url' });
  expect(opened).toEqual([]);
  expect(tools.said).toEqual([]);
});

test('where no browser opens it says why and goes on', async () => {
  const tools = heardTools(CALLBACK);
  const open = () => Promise.reject(new Error('spawn xdg-open ENOENT'));
  expect(await browser({ open }).approve('https://as.example/', tools)).toBeUndefined();
  expect(tools.said[1]).toBe('https://as.example/');
  expect(tools.said.at(-1)).toContain('spawn xdg-open ENOENT');
});

test('an opener that fails after it was started is said too', async () => {
  const tools = heardTools(CALLBACK);
  const opener = new EventEmitter();
  await browser({ open: async () => opener }).approve('https://as.example/', tools);
  opener.emit('exit', 3);
  expect(tools.said.at(-1)).toContain('the opener ended with code 3');
});
