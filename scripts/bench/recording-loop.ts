// Sends the same request with and without the recorder, in turns; prints milliseconds of each turn as JSON.
import { request } from 'undici';
import { createHttp } from '../../src/http/client.ts';
import { openConnections } from '../../src/http/connection.ts';
import { createRecorder } from '../../src/http/recorder.ts';

const [url = '', turns = '', count = ''] = process.argv.slice(2);
const HEADERS = [
  ['content-type', 'application/json'],
  ['accept', 'application/json'],
] as const;
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

const connections = openConnections({ timeout: 30_000 });

async function bare(): Promise<void> {
  const { body } = await request(url, {
    dispatcher: connections.dispatcher,
    method: 'POST',
    headers: Object.fromEntries(HEADERS),
    body: BODY,
  });
  await body.text();
}

/** A recorder of its own for each turn, so that a long log is not what is measured. */
function recorded(): () => Promise<unknown> {
  const http = createHttp({
    connections,
    recorder: createRecorder(),
    signal: new AbortController().signal,
    timeout: 30_000,
    maxBody: 256 * 1024,
    userAgent: 'bench',
    headers: [],
  })('call');
  return () => http.send({ method: 'POST', url, headers: HEADERS, body: BODY });
}

async function time(send: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let index = 0; index < Number(count); index += 1) await send();
  return performance.now() - began;
}

const times: [number[], number[]] = [[], []];
for (let turn = -3; turn < Number(turns); turn += 1) {
  const pair = [await time(recorded()), await time(bare)] as const;
  if (turn >= 0) for (const index of [0, 1] as const) times[index].push(pair[index]);
}
process.stdout.write(JSON.stringify(times));
await connections.close();
