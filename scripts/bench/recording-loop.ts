// Sends the same request with and without the recorder, in turns; prints what each turn took as JSON.
import { hash } from 'node:crypto';
import { request } from 'undici';
import { createHttp } from '../../src/http/client.ts';
import { openConnections } from '../../src/http/connection.ts';
import { createRecorder } from '../../src/http/recorder.ts';

const [url = '', turns = '', count = ''] = process.argv.slice(2);
/** Turns before the first that counts: until then V8 compiles. What a cold process takes, the flow shows. */
const WARM_UP = 40;

const HEADERS = [
  ['content-type', 'application/json'],
  ['accept', 'application/json'],
  ['user-agent', 'bench'],
  ['accept-encoding', 'gzip, deflate, br'],
] as const;
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

const connections = openConnections({ timeout: 30_000 });
const { signal } = new AbortController();

/**
 * The lean way to send the same request over the same agent and to read its answer, with undici's own
 * limits of time and a signal, as every client has that can be interrupted. `fetch` would take longer.
 */
async function bare(): Promise<void> {
  const { body } = await request(url, {
    dispatcher: connections.dispatcher,
    method: 'POST',
    headers: Object.fromEntries(HEADERS),
    body: BODY,
    signal,
  });
  await body.text();
}

/** A recorder of its own for each turn, so that a long log is not what is measured. */
function recorded(): Sending {
  const recorder = createRecorder();
  const http = createHttp({
    connections,
    recorder,
    signal,
    timeout: 30_000,
    maxBody: 256 * 1024,
    userAgent: 'bench',
    headers: [],
  })('call');
  return {
    send: () => http.send({ method: 'POST', url, headers: HEADERS, body: BODY }),
    // A turn is over when its log could be written: also what is computed beside the run is there.
    end: () => recorder.log().every(({ response }) => response?.body?.sha256),
  };
}

/** One side of the comparison, and what is left to do after its requests. */
interface Sending {
  readonly send: () => Promise<unknown>;
  readonly end?: () => unknown;
}

/** Milliseconds that a turn took, and those of them that the processor worked for this process. */
interface Turn {
  readonly wall: number;
  readonly processor: number;
}

async function take({ send, end }: Sending): Promise<Turn> {
  const began = performance.now();
  const before = process.cpuUsage();
  for (let index = 0; index < Number(count); index += 1) await send();
  end?.();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - began, processor: (user + system) / 1000 };
}

const answered = await fetch(url, { method: 'POST', body: BODY });
const bytes = Buffer.from(await answered.arrayBuffer());

/** The one piece of the recording that its length sets, and no recorder can leave out. */
async function digest(): Promise<void> {
  hash('sha256', bytes);
}

const ours: Turn[] = [];
const theirs: Turn[] = [];
const digests: Turn[] = [];
for (let turn = -WARM_UP; turn < Number(turns); turn += 1) {
  // Each goes first as often as the other: who comes second meets the other's garbage.
  const first = turn % 2 === 0 ? await take(recorded()) : undefined;
  const other = await take({ send: bare });
  const mine = first ?? (await take(recorded()));
  if (turn < 0) continue;
  ours.push(mine);
  theirs.push(other);
  digests.push(await take({ send: digest }));
}
process.stdout.write(JSON.stringify({ ours, theirs, digests }));
await connections.close();
