import type { Header } from '../trace/schema.ts';

/** What the page in the user's browser tells. */
export type CallbackPage = 'approved' | 'refused' | 'rejected';

const TEXTS: Readonly<Record<CallbackPage, readonly [title: string, text: string]>> = {
  approved: ['Approved', 'The trace goes on in the terminal. You can close this window.'],
  refused: ['Not approved', 'The server reported an error. The terminal says which one.'],
  rejected: ['Not the awaited callback', 'Nothing was done with it. The trace is still waiting.'],
};

/** Headers of the page: nothing is loaded, stored or framed, and no referrer carries the code on. */
export const CALLBACK_HEADERS: readonly Header[] = [
  ['content-type', 'text/html; charset=utf-8'],
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; style-src 'unsafe-inline'"],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['connection', 'close'],
];

/** A small page; it holds nothing of what was received. */
export function callbackPage(kind: CallbackPage): string {
  const [title, text] = TEXTS[kind];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem }
h1 { font-size: 1.5rem; margin-bottom: .25rem }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}
