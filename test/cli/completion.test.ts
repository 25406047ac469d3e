import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/index.ts';
import { WORLDS } from '../../src/server/worlds/index.ts';
import { WORLD_NAMES } from '../../src/server/worlds/names.ts';
import { REVISIONS } from '../../src/spec/revisions.ts';
import { STEP_IDS } from '../../src/trace/format.ts';
import { commandLine } from './command-line.ts';

const COMMANDS = [
  ...['trace', 'self-test', 'serve', 'check', 'diff', 'show', 'redact', 'explain'],
  ...['user', 'import', 'completion', 'help'],
];
const CLIENT_IDS = CLIENTS.map(({ id }) => id);
const REVISION_NAMES = ['auto', 'draft', ...REVISIONS.map(({ id }) => id)];

/** The files of the folder in which the lines are typed. */
const FILES = ['monday.json', 'tuesday.json'];

/** What stands behind the name of the program, and what it can go on with. */
const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['', COMMANDS],
  ['s', ['self-test', 'serve', 'show']],
  ['help ', COMMANDS.filter((name) => name !== 'help')],
  ['--v', ['--verbose', '--version']],
  ['http://127.0.0.1:8000/mcp --us', ['--user-agent', '--username']],
  ['check ', FILES],
  ['check mo', ['monday.json']],
  ['show ', FILES],
  ['diff monday.json ', FILES],
  ['diff monday.json --', ['--format', '--help', '--ignore', '--only', '--timing']],
  ['import ', ['kong']],
  ['import kong ', FILES],
  ['user ', ['check', 'create']],
  ['completion ', ['bash', 'fish', 'zsh']],
  ['explain asm-issuer-m', ['asm-issuer-mismatch']],
  ['check --expect ', FILES],
  ['check --fail-on ', ['error', 'info', 'never', 'warning']],
  ['self-test --client ', CLIENT_IDS],
  ['self-test --client=mcp-i', ['--client=mcp-inspector']],
  ['self-test --world ', WORLDS.map(({ name }) => name)],
  ['self-test --revision ', REVISION_NAMES],
  ['self-test --fault token-cache', ['token-cache-control']],
  ['self-test --report ju', ['junit=']],
  ['self-test --report junit=mo', ['junit=monday.json']],
  ['self-test --username ', []],
  ['show --step ', STEP_IDS],
  ['check --only asm-issuer-m', ['asm-issuer-mismatch']],
];

/** Lines after which zsh, as it does everywhere, offers the options without a dash typed. */
const SPENT = ['http://127.0.0.1:8000/mcp ', 'user create ', 'serve '];

interface Shell {
  /** The arguments that make it type each line, then whatever it offers, on a line of stdout. */
  readonly program: (home: string) => readonly string[];
  readonly files: (script: string) => Readonly<Record<string, string>>;
  readonly typed: (lines: readonly string[]) => string;
}

/** What comes of a line: its words, between marks. */
const PRINT = `mcp-oauth-trace() { printf '\\nOFFERED'; printf '|%s' "$@"; printf '\\n'; }`;

const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    program: (home) => ['bash', '--noprofile', '--rcfile', join(home, 'rc'), '-i'],
    files: (script) => ({ rc: `PS1=\n${PRINT}\n${script}` }),
    // Alt-* puts in everything that is offered.
    typed: (lines) => lines.map((line) => `mcp-oauth-trace ${line}\x1b*\n`).join(''),
  },
  zsh: {
    program: () => ['script', '-qec', 'zsh -d -i', '/dev/null'],
    files: (script) => ({
      '_mcp-oauth-trace': script,
      '.zshrc': `PS1=
fpath=($ZDOTDIR $fpath)
autoload -Uz compinit; compinit -D -u
bindkey -e
zstyle ':completion:*' completer _all_matches _complete
zstyle ':completion:*' insert yes
${PRINT}`,
    }),
    typed: (lines) => `${lines.map((line) => `mcp-oauth-trace ${line}\t\n`).join('')}exit\n`,
  },
  fish: {
    program: (home) => ['fish', '--no-config', join(home, 'ask')],
    files: (script) => ({ script, ask: `source (status dirname)/script\n${FISH_ASKS}` }),
    typed: (lines) => lines.map((line) => `${line}\n`).join(''),
  },
};

const FISH_ASKS = `while read -l line
  set -l words (string split ' ' -- $line)
  echo OFFERED\\|(string join '|' -- $words[1..-2] (complete -C "mcp-oauth-trace $line" | string split -f 1 \\t))
end`;

/** What a shell offers after each line, in the order of the alphabet. */
async function ask(name: string, lines: readonly string[]): Promise<readonly string[][]> {
  const shell = SHELLS[name]!;
  const home = mkdtempSync(join(tmpdir(), 'completion-'));
  const cwd = mkdtempSync(join(tmpdir(), 'completion-'));
  const { stdout: script } = await commandLine(['completion', name], { cwd });
  for (const [file, text] of Object.entries(shell.files(script)))
    writeFileSync(join(home, file), text);
  for (const file of FILES) writeFileSync(join(cwd, file), '');
  const [program = '', ...args] = shell.program(home);
  const { stdout } = spawnSync(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: home, ZDOTDIR: home, TERM: 'dumb', INPUTRC: '/dev/null' },
    input: shell.typed(lines),
    encoding: 'utf8',
  });
  for (const path of [home, cwd]) rmSync(path, { recursive: true, force: true });
  const answers = [...stdout.matchAll(/^OFFERED\|?(.*?)\r?$/gm)].map(([, words = '']) => words);
  return answers.map((words, index) => {
    const typed = (lines[index] ?? '').split(' ').length - 1;
    return words.split('|').filter(Boolean).slice(typed).sort();
  });
}

/** Developers need not have every shell; CI has. */
function isMissing(name: string): boolean {
  if (process.env.CI) return false;
  const needed = [name, ...(name === 'zsh' ? ['script'] : [])];
  return !needed.every((program) =>
    (process.env.PATH ?? '').split(':').some((path) => existsSync(join(path, program))),
  );
}

describe.each(Object.keys(SHELLS))('%s', (name) => {
  const lines = [...LINES.map(([line]) => line), ...(name === 'zsh' ? [] : SPENT)];
  let answers: readonly string[][] = [];

  beforeAll(async () => {
    if (!isMissing(name)) answers = await ask(name, lines);
  });

  test.skipIf(isMissing(name)).each(LINES)('offers after "%s": %j', (line, offered) => {
    expect(answers[lines.indexOf(line)]).toEqual([...offered].sort());
  });

  test.skipIf(isMissing(name) || name === 'zsh').each(SPENT)(
    'offers nothing after "%s"',
    (line) => {
      expect(answers[lines.indexOf(line)]).toEqual([]);
    },
  );
});

test('the names of the worlds are those of the worlds there are', () => {
  expect(WORLDS.map(({ name }) => name)).toEqual(WORLD_NAMES);
});
