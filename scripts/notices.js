import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package that a file of a bundle comes from, wherever it is installed. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** What packages contain of others without saying so in their licence. */
const CONTAINED = {
  '@modelcontextprotocol/server':
    'Contains content-type, MIT licence, copyright (c) 2015 Douglas Christopher Wilson, and\n' +
    '@cfworker/json-schema, MIT licence, copyright (c) 2020 Jeremy Danyow.',
  undici: 'Contains llhttp, MIT licence, copyright Fedor Indutny, 2018.',
  tldts: 'Contains the Public Suffix List, MPL-2.0: https://publicsuffix.org/list/',
};

const RULE = '-'.repeat(80);

/**
 * What has to be said of others whose code a bundle holds: each package, its licence in full.
 * @throws for a package without a licence text.
 */
export function thirdPartyNotices({ outputs }) {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  // A module that a package is asked for by another path is still of that package.
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  const notices = [...folders].map(noticeOf).sort((a, b) => (a.title < b.title ? -1 : 1));
  return [
    'mcp-oauth-trace contains code of these packages.',
    ...notices.map(({ title, text }) => `${RULE}\n${title}\n\n${text}`),
    '',
  ].join('\n\n');
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:\.|$)/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence text`);
  return {
    title: `${name} ${version} (${license})`,
    text: [readFileSync(join(folder, file), 'utf8').trim(), CONTAINED[name]]
      .filter(Boolean)
      .join('\n\n'),
  };
}
