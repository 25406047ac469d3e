/** The whole page: one file, nothing loaded, a policy that lets nothing else in. */
import { createHash } from 'node:crypto';
import { type Content, type Markup, markup } from './markup.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** What the page is made of. */
export interface Page {
  readonly title: string;
  readonly body: Content;
  /** Rules of this very page, after the common ones. */
  readonly style: string;
}

/** The document as text. Style and script run by their hash alone; inline handlers and URLs never. */
export function pageSource({ title, body, style }: Page): string {
  const css = `${STYLE}\n${style}\n`;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(css)}'`,
    `script-src '${hashOf(SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
`;
  // Style and script are constants of ours: escaping them would change them and their hashes.
  return `${head.source}<style>${css}</style>
</head>
<body>
${sourceOfBody(body)}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function sourceOfBody(body: Content): string {
  const whole: Markup = markup`${body}`;
  return whole.source;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
