import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join, sep } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import { commandLine, folder } from './command-line.ts';

/** Command lines that cannot work, and what is said of them. */
const TABLE: readonly (readonly [argv: string, said: string])[] = [
  ['cehck x', 'unknown command "cehck"; did you mean check?'],
  ['selftest', 'unknown command "selftest"; did you mean self-test?'],
  ['foo', '"foo" is neither a command nor a URL, expected one like https://example.com/mcp'],
  ['example.com/mcp', '"example.com/mcp" is neither a command nor a URL; did you mean https://'],
  ['localhost:8000/mcp', 'has the scheme localhost:, expected http: or https:; did you mean http:'],
  ['ftp://example.com/', '"ftp://example.com/" has the scheme ftp:, expected http: or https:'],
  ['http://', '"http://" is not a URL'],
  ['http://127.0.0.1:99999/mcp', '/mcp" names port 99999, expected one from 1 to 65535'],
  ['http://[::1]:70000', 'names port 70000, expected one from 1 to 65535'],
  ['127.0.0.1:8000/mcp', 'is not a URL; did you mean http://127.0.0.1:8000/mcp?'],
  ['user check URL', 'user takes 1 argument and got 2; the URL goes into --server'],
  ['file:///etc/passwd', 'has the scheme file:, expected http: or https:'],
  ['javascript:alert(1)', 'has the scheme javascript:, expected http: or https:'],
  ['--usrname me URL', 'unknown option "--usrname"; did you mean --username?'],
  ['URL --wat', 'unknown option "--wat", see --help'],
  ['--helpp', 'unknown option "--helpp"; did you mean --help?'],
  ['check a --username me', 'unknown option "--username", see --help'],
  ['help chek', 'unknown command "chek"; did you mean check?'],
  ['URL another', 'trace takes 1 argument and got 2'],
  ['URL --timeout', '--timeout <seconds> needs its value'],
  ['URL --timeout soon', '--timeout is "soon", expected seconds above 0'],
  ['URL --timeout 0', '--timeout is "0", expected seconds above 0'],
  ['URL --max-body much', '--max-body is "much", expected bytes like'],
  ['URL --callback-port 70000', '--callback-port is "70000", expected a port from 0 to 65535'],
  ['URL --callback-host evil.example', '--callback-host is "evil.example", expected localhost'],
  ['URL --callback-path nowhere', '--callback-path is "nowhere", expected a path like /callback'],
  ['URL --format htm', '--format is "htm"; did you mean html?'],
  ['URL --report pdf=x', '--report is "pdf", expected one of text, json'],
  [
    'URL --report html=',
    '--report html needs the file that this report is written to: --report html',
  ],
  ['URL --report junit', 'needs the file that this report is written to: --report junit=FILE'],
  ['URL --report jnit', '--report is "jnit"; did you mean junit?'],
  ['URL --consent brwser', '--consent is "brwser"; did you mean browser?'],
  ['URL --consent command', '--consent command needs --consent-command'],
  ['URL --client claude', '--client is "claude", expected one of claude-desktop, claude-code'],
  ['URL --revision 2024-11-05', '--revision is "2024-11-05", expected one of auto, 2025-03-26,'],
  ['URL --username ada', 'the password of "ada" is missing: give it as OAUTH_TEST_PASSWORD or'],
  ['URL --consent form --username ada', 'the password of "ada" is missing'],
  ['user check --server URL --username ada', 'the password of "ada" is missing'],
  ['URL --password hunter2', '--password needs --username, whose it is (or OAUTH_TEST_USERNAME)'],
  ['user check --server URL --password hunter2', '--password needs --username, whose it is'],
  ['URL --args {}', '--args needs --call, the tool they are for'],
  ['URL --call echo --args text', '--args is "text", expected a JSON object'],
  ['URL --client-secret abc', '--client-secret needs --client-id'],
  ['URL --resolve example.com', '--resolve is "example.com", expected host:port:address'],
  ['URL --header Authorization', '--header needs a name, a colon and a value'],
  ['URL --form csrf', '--form needs a name and a value: --form name=value'],
  ['URL --cacert absent.pem', '--cacert "absent.pem" cannot be read (ENOENT)'],
  ['URL --cert a.pem', '--cert and --key belong together: give both or neither'],
  ['URL --only no-such-rule', '--only names "no-such-rule", which is no rule'],
  ['URL --ignore asm-issuer-mismach', 'did you mean asm-issuer-mismatch?'],
  ['URL --only ', '--only is "", expected at least one rule; leave it out to look at all'],
  ['URL --only ,', '--only is ",", expected at least one rule; leave it out to look at all'],
  ['check absent.json --only ,', '--only is ",", expected at least one rule'],
  ['diff a b --only ,', '--only is ",", expected at least one step'],
  ['URL --overwrite', '--overwrite needs --save-trace, the file to replace'],
  ['URL --save-trace . --overwrite', '--save-trace: "." is no file'],
  ['URL --fail-on errors', '--fail-on is "errors"; did you mean error?'],
  ['URL --expect absent.json', '--expect "absent.json" cannot be read (ENOENT)'],
  ['URL --baseline absent.json', '--baseline "absent.json" does not exist: --update-baseline'],
  ['URL --update-baseline', '--update-baseline needs --baseline, the file to write'],
  ['URL --save-trace /proc/no/trace.json', '--save-trace: nothing can be written into "/proc/no"'],
  ['check', '<trace> is missing, see --help'],
  ['check absent.json', ': "absent.json" does not exist'],
  ['check .', ': cannot read ".": it is a folder'],
  ['diff - -', 'both traces are -, but standard input holds one'],
  ['diff absent.json absent.json', ': "absent.json" does not exist'],
  ['diff a b --only tokn', '--only is "tokn"; did you mean token?'],
  ['show absent.json --open --format har', '--open shows the html report, and --format is har'],
  ['show absent.json --output absent.json', '"absent.json" is the trace itself'],
  ['explain asm-issuer-mismach', 'neither a rule nor a step; did you mean asm-issuer-mismatch?'],
  ['serve --fault nonsense', 'fault "nonsense" is unknown, expected one such as'],
  ['self-test --fault nope', '; mcp-oauth-trace serve --list-faults lists them all'],
  ['serve --user alice', '--user needs a name and a password, as in --user alice:secret'],
  ['self-test --tokens paper', '--tokens is "paper", expected one of jwt, opaque'],
  ['completion tcsh', 'the shell is "tcsh", expected one of bash, zsh, fish'],
];

describe('what cannot work is told in one line, before any request', () => {
  test.each(TABLE)('%s', async (line, said) => {
    const server = await startServer();
    onTestFinished(() => server.close());
    const argv = line.split(' ').map((word) => (word === 'URL' ? server.mcpUrl : word));
    const { code, stdout, stderr } = await commandLine(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^mcp-oauth-trace: [^\n]+\n$/);
    expect(server.exchanges).toEqual([]);
  });

  test('no URL at all', async () => {
    const { code, stderr } = await commandLine([]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcp-oauth-trace: no URL given: [^\n]+; --help lists the commands\n$/);
  });

  test.each([
    ['{"name":"x","version":"1"}', 'expected is absent'],
    ['{"expected":{}}', 'expected is no list'],
    ['{"expected":[1]}', 'expected.0 is no object'],
    ['{"expected":[{"rule":"token-cache-control"}]}', 'expected.0.reason is absent'],
    ['{"expected":[{"rule":"token-cache-control","reason":""}]}', 'expected.0.reason is empty'],
    ['{"expected":[],"more":1}', 'it has "more", which is not known'],
    ['[]', 'it is no object'],
    ['nothing', 'it is not JSON'],
  ])('expectations that are none: %s', async (text, said) => {
    const file = join(folder(), 'expected.json');
    writeFileSync(file, text);
    const { code, stderr } = await commandLine(['http://127.0.0.1:9/mcp', '--expect', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`cannot be used (${said}`);
    expect(stderr).toContain('), expected {"expected":[{"rule":"…","reason":"…"}]}\n');
  });

  test('a file where the folder for traces has to be', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'traces'), '');
    const { code, stderr } = await commandLine(['http://127.0.0.1:9/mcp'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcp-oauth-trace: --trace-dir: .* is no folder\n$/);
  });

  test('a trace that would be overwritten', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'old.json'), 'precious');
    const argv = ['http://127.0.0.1:9/mcp', '--save-trace', 'old.json'];
    const { code, stderr } = await commandLine(argv, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(
      '"old.json" exists and is not overwritten: choose another name, or pass --overwrite\n',
    );
  });

  test('a trace that may be overwritten, and nothing else', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'old.json'), 'stale');
    const argv = ['self-test', '-q', '--save-trace', 'old.json', '--overwrite'];
    const { code, stdout } = await commandLine(argv, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(`Trace: .${sep}old.json\n`);
    expect((await commandLine(['check', 'old.json'], { cwd })).code).toBe(0);
    expect(readdirSync(cwd)).toEqual(['old.json']);
  });

  test('a certificate file that holds none', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'ca.pem'), 'hello');
    const argv = ['http://127.0.0.1:9/', '--cacert', join(cwd, 'ca.pem')];
    const { code, stderr } = await commandLine(argv);
    expect(code).toBe(2);
    expect(stderr).toContain('holds no PEM block');
  });

  test('a certificate file whose block is no certificate', async () => {
    const cwd = folder();
    const pem = '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n';
    writeFileSync(join(cwd, 'ca.pem'), pem);
    const argv = ['https://127.0.0.1:9/', '--cacert', join(cwd, 'ca.pem')];
    const { code, stderr } = await commandLine(argv);
    expect(stderr).toMatch(/^mcp-oauth-trace: [^\n]+certificate[^\n]+\n$/);
    expect(code).toBe(2);
  });

  test('a report that would go into a folder', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'out'));
    const { code, stderr } = await commandLine(['http://127.0.0.1:9/', '--report', 'html=out'], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('is a folder');
  });

  test('a port that somebody else has', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await commandLine(['serve', '--port', String(port)]);
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${port} is already in use: choose another, or leave --port out`);
  });
});

describe('a credential on the command line is not repeated', () => {
  test.each([
    ['in a URL', ['http://me:hunter2@example.com/mcp']],
    ['in a URL that is none', ['http://me:hunter2@exa mple/mcp']],
    ['in the URL of an issuer', ['http://a/', '--authorization-server', 'https://me:hunter2@b/']],
    ['in an unknown option', ['http://a/', '--passwrod=hunter2']],
    ['in a short option that is none', ['http://a/', '-phunter2']],
    ['in a header without its colon', ['http://a/', '--header', 'Authorization hunter2']],
    ['in a form field without its name', ['http://a/', '--form', 'hunter2']],
    ['in a user without a name', ['serve', '--user', ':hunter2']],
  ])('%s', async (_, argv) => {
    const { code, stderr } = await commandLine(argv);
    expect(code).toBe(2);
    expect(stderr).not.toContain('hunter2');
  });
});
