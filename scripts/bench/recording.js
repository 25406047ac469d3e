import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';
import { runNode, startServer } from './processes.js';
import { median, row } from './rows.js';

const SERVER = fileURLToPath(new URL('./recording-server.js', import.meta.url));

/** What the recorder adds to one exchange on an open connection, in one process. */
export async function recording({ quick }) {
  const loop = await bundle('recording-loop', { external: ['undici'] });
  const { origin, close } = await startServer([SERVER]);
  const turns = quick ? 5 : 41;
  try {
    return [
      overhead('small bodies', `${origin}/small`, turns, quick ? 100 : 400),
      overhead('bodies of 1 MiB', `${origin}/large`, turns, quick ? 10 : 40),
    ];
  } finally {
    close();
  }

  function overhead(what, url, rounds, count) {
    const [ours, theirs] = JSON.parse(runNode([loop, url, String(rounds), String(count)]).stdout);
    const more = median(ours.map((ms, turn) => ms / theirs[turn])) - 1;
    const each = (times) => ((median(times) / count) * 1000).toFixed(0);
    const detail = `${each(ours)} µs, undici alone ${each(theirs)} µs; ${rounds} rounds of ${count}`;
    return row(`recording, ${what}`, more * 100, '%', 15, detail);
  }
}
