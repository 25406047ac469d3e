import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peakMemory, startServer } from './processes.js';
import { row } from './rows.js';

const GIANT = fileURLToPath(new URL('./giant-server.js', import.meta.url));

/** MiB that a run may have at most, whatever it is sent. */
const BUDGET = 160;

/** Failed (3) and open to everybody (4): these servers give no tokens. */
const ENDS = [3, 4];

/** What answers without end do to a run's memory. */
export async function memory({ bin, folder }) {
  const { origin, size, sha256, events, close } = await startServer([GIANT]);
  try {
    const large = join(folder, 'large-body.json');
    const patient = ['--quiet', '--timeout', '600', '--save-trace'];
    const body = peakMemory([bin, `${origin}/mcp`, ...patient, large], ENDS, folder);
    requireRecorded(large, size, sha256);
    const stream = join(folder, 'events.json');
    const streamed = peakMemory([bin, `${origin}/events`, ...patient, stream], ENDS, folder);
    requireHeard(stream);
    return [
      row('peak memory, answer of 1 GiB', body, 'MiB', BUDGET, 'size and hash right, run went on'),
      row(`peak memory, ${events.toLocaleString('en')} events`, streamed, 'MiB', BUDGET),
    ];
  } finally {
    close();
  }
}

function requireRecorded(file, size, sha256) {
  const { trace_log: log } = JSON.parse(readFileSync(file, 'utf8'));
  const body = log[0]?.response?.body;
  if (body?.size !== size || body.sha256 !== sha256 || log.length < 2)
    throw new Error(
      `the trace holds ${log.length} exchanges and a body of ${body?.size} bytes (${body?.sha256}), expected to go on after ${size} bytes (${sha256})`,
    );
}

/** The answer stands behind all the events. */
function requireHeard(file) {
  const { sequence_summary: summary } = JSON.parse(readFileSync(file, 'utf8'));
  if (summary.outcome !== 'open')
    throw new Error(`the run ended ${summary.outcome}: ${summary.reason}, expected open`);
}
