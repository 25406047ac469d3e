import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';
import { runNode, startServer } from './processes.js';
import { median, row } from './rows.js';

const SERVER = fileURLToPath(new URL('./recording-server.js', import.meta.url));

/**
 * What the recorder adds to one exchange: how much longer it takes from the request until its text is
 * there than with undici alone, on an open connection. The server is a process of its own; turns are
 * short, so that what else the machine does meets both alike.
 */
export async function recording({ quick }) {
  const loop = await bundle('recording-loop', { external: ['undici'] });
  const { origin, close } = await startServer([SERVER]);
  try {
    return [
      overhead('small bodies', `${origin}/small`, quick ? 101 : 401, 30),
      overhead('bodies of 1 MiB', `${origin}/large`, quick ? 41 : 101, 20),
    ];
  } finally {
    close();
  }

  function overhead(what, url, rounds, count) {
    const run = runNode([loop, url, String(rounds), String(count)]);
    const { ours, theirs, digests } = JSON.parse(run.stdout);
    const each = (turns, kind) =>
      `${((median(turns.map((turn) => turn[kind])) / count) * 1000).toFixed(0)} µs`;
    const more = (kind) =>
      (median(ours.map((turn, index) => turn[kind] / theirs[index][kind])) - 1) * 100;
    const detail = [
      `${each(ours, 'wall')}, undici alone ${each(theirs, 'wall')}`,
      `processor ${each(ours, 'processor')} and ${each(theirs, 'processor')}, ${more('processor').toFixed(0)} % more`,
      `SHA-256 of the body ${each(digests, 'processor')}`,
      `${rounds} rounds of ${count}`,
    ];
    return row(`recording, ${what}`, more('wall'), '%', 15, detail.join('; '));
  }
}
