/** What help shows first: lines to copy. */

/** A command line, and what it is for; a long one goes on in a second line, as a shell takes it. */
export type Example = readonly [line: string, purpose: string];

const URL = 'https://example.com/mcp';

/** Examples by command; of the program itself by its own name. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  'mcp-oauth-trace': [
    [URL, 'approve in a browser'],
    [`${URL} --username me`, 'fill its login form'],
    ['check trace.json', 'judge a saved trace'],
    ['diff monday.json tuesday.json', 'see what changed'],
    ['self-test', 'see it work'],
  ],
  trace: [
    [URL, 'use a browser'],
    [`${URL} --username me`, 'use no browser'],
    [`${URL} --call echo`, 'call a tool'],
    [`${URL} --baseline ok.json`, 'in CI'],
  ],
  'self-test': [
    ['self-test', 'a healthy run'],
    ['self-test --fault token-no-refresh-token', 'a fault found'],
    ['self-test --world federated', 'a whole deployment'],
    ['self-test --all', 'all in a table'],
  ],
  serve: [
    ['serve', 'a healthy server'],
    ['serve --list-faults', 'what it can do wrong'],
    ['serve --fault token-cache-control', 'do that'],
    ['serve --port 8080 --user ada:secret', 'on a port, for a user'],
  ],
  check: [
    ['check trace.json', 'judge it again'],
    ['check trace.json --fail-on warning', 'exit 1 for warnings too'],
    ['check trace.json --format sarif', 'for code scanning'],
  ],
  diff: [
    ['diff monday.json tuesday.json', 'what changed'],
    ['diff a.json b.json --only token,refresh', 'of two steps alone'],
    ['diff a.json b.json --format markdown', 'for a pull request'],
  ],
  show: [
    ['show trace.json', 'in the terminal'],
    ['show trace.json --open', 'in the browser'],
    ['show trace.json --exchange 5 --bodies', 'one exchange'],
    ['show trace.json --format curl', 'to run it again'],
  ],
  redact: [['redact raw.json --output safe.json', 'a copy to share']],
  explain: [
    ['explain', 'every rule'],
    ['explain token-cache-control', 'one rule'],
    ['explain token', 'a step and its rules'],
  ],
  user: [
    ['user create --server $URL --username ada \\\n--email ada@user.example', 'sign up'],
    ['user check --server $URL --username ada', 'can log in?'],
  ],
  import: [['import kong kong.log --output trace.json', "a gateway's view"]],
  completion: [
    ['completion bash >> ~/.bashrc', 'for bash'],
    ['completion zsh > ~/.zfunc/_mcp-oauth-trace', 'in $fpath'],
    ['completion fish | source', 'for this fish'],
  ],
};

/** The examples of a command as its help shows them. */
export function examplesText(command: string): string {
  const examples = EXAMPLES[command] ?? [];
  const typed = examples.map(
    ([line]) => `  $ mcp-oauth-trace ${line.replaceAll('\n', '\n      ')}`,
  );
  const width = Math.max(...typed.map(lastWidth));
  const lines = examples.map(([, purpose], index) => {
    const text = typed[index] ?? '';
    return `${text}${' '.repeat(width - lastWidth(text))}  ${purpose}\n`;
  });
  return `Examples:\n${lines.join('')}`;
}

/** Columns of the last line, behind which the purpose stands. */
function lastWidth(text: string): number {
  return text.length - text.lastIndexOf('\n') - 1;
}
