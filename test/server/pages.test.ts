import { expect, test } from 'vitest';
import { html } from '../../src/server/html.ts';
import { page } from '../../src/server/pages.ts';

test('a page is called what its heading says, and what a client calls itself stays text', () => {
  const { body } = page(200, html`<h1>${'</title><script>'} asks for access</h1><p>Hello</p>`);
  expect(body).toContain('<title>&#60;/title&#62;&#60;script&#62; asks for access</title>');
});

test('the style that the policy lets in is the one of the page', async () => {
  const { body = '', headers } = page(200, html`<h1>Log in</h1>`);
  const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(style));
  const policy = headers.find(([name]) => name === 'content-security-policy')?.[1];
  expect(policy).toContain(`'sha256-${Buffer.from(digest).toString('base64')}'`);
});
