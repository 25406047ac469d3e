import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode, startServer, takeTurns } from './processes.js';
import { ratioRow } from './rows.js';

const BARE = fileURLToPath(new URL('./bare-flow.js', import.meta.url));

/** A whole run beside a plain script that sends the same requests to the same server. */
export async function flow({ bin, rounds, folder }) {
  const { mcp_url: url, close } = await startServer([bin, 'serve', '--json']);
  const traces = join(folder, 'flow');
  const credentials = ['--username', 'testuser', '--password', 'testpass'];
  const call = ['--call', 'echo', '--args', '{"text":"hello"}'];
  const run = [bin, url, ...credentials, ...call, '--trace-dir', traces];
  const quiet = [...run, '--quiet'];
  const bare = [BARE, url];
  try {
    // A server that has been running a while.
    takeTurns([bare], 5);
    const [ours, silent, first, theirs] = takeTurns(
      [run, quiet, installed(bin, run), bare],
      rounds,
    );
    requireSame(traces, bare);
    return [
      ratioRow('run with refresh, headless', [ours, theirs], 1.35, ['', 'bare script']),
      ratioRow('the same, --quiet', [silent, theirs], undefined, ['', 'bare script']),
      ratioRow('the same, first after an install', [first, theirs], undefined, ['', 'bare script']),
    ];
  } finally {
    close();
  }
}

/** A command as the first of the program, of which no compiled code is kept yet. */
function installed(bin, command) {
  const compiled = join(dirname(bin), '../dist/.compiled');
  return () => {
    rmSync(compiled, { recursive: true });
    return command;
  };
}

/** What the script sends is what a run sends, in its order. */
function requireSame(traces, bare) {
  const [name] = readdirSync(traces);
  const { trace_log: log, sequence_summary: summary } = JSON.parse(
    readFileSync(join(traces, name), 'utf8'),
  );
  const theirs = runNode(bare).stdout.trim();
  const ours = log.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
  // Ids of clients and of sessions on the way are made anew.
  const comparable = (lines) => lines.replace(/(\/register\/).*$/gm, '$1');
  if (summary.outcome !== 'completed' || comparable(ours.join('\n')) !== comparable(theirs))
    throw new Error(
      `a run ends ${summary.outcome} after\n${ours.join('\n')}\nthe script after\n${theirs}`,
    );
}
