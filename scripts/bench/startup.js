import { join } from 'node:path';
import { startServer, takeTurns, untilFirstWord } from './processes.js';
import { median, ratioRow, row } from './rows.js';

const NOTHING = ['-e', '0'];

/** What starting costs: the whole process beside a Node that does nothing. */
export async function startup({ bin, rounds, folder, trace }) {
  const compare = (what, args, budget) =>
    ratioRow(what, takeTurns([[bin, ...args], NOTHING], rounds), budget, ['', 'node -e 0']);
  return [
    compare('--version', ['--version'], 1.2),
    compare('--help', ['--help'], 1.5),
    compare('explain', ['explain', 'token']),
    compare('check, a run of 24 exchanges', ['check', trace]),
    compare('show, the same', ['show', trace]),
    await firstLine(bin, rounds, folder),
  ];
}

/** Until somebody at a terminal sees that something happens. */
async function firstLine(bin, rounds, folder) {
  const { mcp_url: url, close } = await startServer([bin, 'serve', '--json']);
  const run = [bin, url, '--username', 'testuser', '--password', 'testpass'];
  const times = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    times[0].push(await untilFirstWord([...run, '--trace-dir', join(folder, 'first')], 'stderr'));
    times[1].push(await untilFirstWord(['-e', 'console.error(0)'], 'stderr'));
  }
  close();
  return row(
    'first line of a run',
    median(times[0].map((ms, round) => ms / times[1][round])),
    '×',
    undefined,
    `${median(times[0]).toFixed(0)} ms after the start; ${rounds} rounds`,
  );
}
