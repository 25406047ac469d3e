import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curl } from '../../src/report/curl.ts';
import { printfFormat, shellWord } from '../../src/report/shell.ts';
import { edit, happyTrace, jsonBody, textBody } from '../rules/support.ts';
import { hostileText, hostileTrace, PLAIN, subjectOf } from './hostile.ts';

const lines = (trace = happyTrace()): readonly string[] =>
  curl(subjectOf(trace), PLAIN).split('\n');
const commandOf = (id: number, trace = happyTrace()): string => {
  const all = lines(trace);
  const index = all.findIndex((line) => line.startsWith(`# ${id} `));
  return all.slice(index).find((line) => !line.startsWith('#')) ?? '';
};

/** Runs a script in which curl prints its arguments, one in brackets per line. */
function shell(script: string, variables: Readonly<Record<string, string>> = {}): string {
  const stub = `curl() { printf '[%s]\\n' "$@"; }\n`;
  const { stdout, stderr, status } = spawnSync('sh', ['-c', stub + script], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', ...variables },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe('curl', () => {
  it('writes each request on one line', () => {
    const commands = lines().filter(
      (line) => line.startsWith('curl ') || line.startsWith('printf '),
    );
    expect(commands).toHaveLength(happyTrace().trace_log.length);
  });

  it('keeps secrets in variables, the same value in the same', () => {
    expect(commandOf(13)).toContain(`--header 'authorization: Bearer '"$ACCESS_TOKEN"`);
    expect(commandOf(14)).toContain(`"$ACCESS_TOKEN"`);
    expect(commandOf(16)).toContain(`"$ACCESS_TOKEN_2"`);
    expect(commandOf(10)).toContain(`--data-urlencode 'code='"$CODE"`);
    expect(lines().join('\n')).not.toContain('dBjftJeZ4CVP');
  });

  it('makes variables of the labels of a redacted trace', () => {
    const trace = edit()
      .requestHeader('list', 'authorization', 'Bearer <access_token 7f3kQ2pXw9aB>')
      .form('refresh', { refresh_token: '<refresh_token aaaabbbbcccc>' })
      .exchange('call', (one) => ({
        ...one,
        request: { ...one.request, body: jsonBody({ a: '<access_token 7f3kQ2pXw9aB>' }) },
      })).trace;
    expect(commandOf(13, trace)).toContain(`'authorization: Bearer '"$ACCESS_TOKEN_2"`);
    expect(commandOf(14, trace)).toContain(`--data-raw '{"a":"'"$ACCESS_TOKEN_2"'"}'`);
    expect(commandOf(15, trace)).toContain(`--data-urlencode 'refresh_token='"$REFRESH_TOKEN"`);
  });

  it('says in the first lines which variables there are', () => {
    expect(lines()).toContain(`: "\${ACCESS_TOKEN:?set it to the secret that stood here}"`);
  });

  it('sends a body with line ends or bytes through a pipe', () => {
    const body = { media_type: 'application/octet-stream', size: 4, base64: 'AAH/JQ==' };
    const trace = edit().exchange('call', (one) => ({
      ...one,
      request: { ...one.request, body },
    })).trace;
    expect(commandOf(14, trace)).toMatch(/^printf '\\000\\001\\377%%' \| curl .*--data-binary @-$/);
    const text = textBody('a\nb', 'text/plain');
    const other = edit().exchange('call', (one) => ({
      ...one,
      request: { ...one.request, body: text },
    })).trace;
    expect(commandOf(14, other)).toMatch(/^printf 'a\\012b' \| curl /);
  });

  it('never lets curl leave http, read a file or guess', () => {
    const trace = edit()
      .url('prm', 'file:///etc/passwd')
      .requestHeader('prm', '@/etc/passwd', 'x').trace;
    expect(commandOf(2, trace)).toContain("--proto '=http,https'");
    expect(commandOf(2, trace)).not.toContain('@/etc');
    expect(lines(trace)).toContain(
      '# left out: header @/etc/passwd (it holds characters that no header may hold)',
    );
  });

  it('gives curl exactly the words of the request', () => {
    const nasty = `it's "quoted" $HOME \`x\` \\ ! * ~`;
    const trace = edit().requestHeader('prm', 'x-nasty', nasty).trace;
    expect(shell(commandOf(2, trace))).toContain(`[x-nasty: ${nasty}]`);
  });

  it('is a script that sh parses and that runs nothing but curl and printf, whatever a server says', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const script = curl(subjectOf(hostileTrace(text)), PLAIN);
        const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
        expect(stderr).toBe('');
        expect(status).toBe(0);
        for (const line of script.trimEnd().split('\n'))
          expect(line).toMatch(/^(?:$|# |curl --silent |printf '|: "\$\{[A-Z][A-Z0-9_]*:\?set it)/);
      }),
      { numRuns: 40 },
    );
  });
});

describe('shell words', () => {
  it('reach the program unchanged', () => {
    const texts = fc.array(
      fc
        .oneof(hostileText, fc.string({ unit: 'grapheme' }))
        .map((text) => Buffer.from(text.replaceAll('\0', '')).toString()),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(texts, (all) => {
        const printed = shell(`curl ${all.map((text) => shellWord(text)).join(' ')}`);
        expect(printed).toBe(all.map((text) => `[${text}]\n`).join(''));
      }),
      { numRuns: 40 },
    );
  });

  it('expand a variable without splitting or globbing it', () => {
    const word = shellWord('a ', { variable: 'X' }, ' b');
    expect(shell(`curl ${word}`, { X: '1  * $(id) "' })).toBe('[a 1  * $(id) " b]\n');
  });

  it('give a printf format that prints exactly the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        const { stdout } = spawnSync('sh', ['-c', `printf ${shellWord(printfFormat(bytes))}`]);
        expect([...stdout]).toEqual([...bytes]);
      }),
      { numRuns: 40 },
    );
  });
});
