/** One way to hurt, hang or fill a client per row, at each leg of the sequence. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
import { buildProgram, type Program } from './process.ts';
import { LEGS, redirect, startHostile, USER, type Visit } from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

const LOGIN = ['--username', USER.name, '--password', USER.password];

/** Runs a process whose requests have a day each, but for what the server ends by `timeIsUp`. */
async function runAgainst(route: string, answering: Row['answering']) {
  const server = await startHostile({
    [route]: (visit) => answering(visit, () => run.timeIsUp()),
  });
  const args = [server.mcpUrl, ...LOGIN, '--timeout', '86400'];
  const run = program.start(args, { imports: 'patience' });
  try {
    return { ended: await run.ended, server };
  } finally {
    await server.close();
  }
}

interface Row {
  /** `timeIsUp` stands for the clock: the outcome is decided by what was sent, not by how fast. */
  readonly answering: (visit: Visit, timeIsUp: () => void) => void;
  /** The failure that stands in the trace; undefined where the answer comes whole. */
  readonly failure?: RegExp | ((leg: string) => RegExp);
}

const MEBIBYTE = Buffer.alloc(1024 * 1024, 0x20);
const EVENTS = 'data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n'.repeat(1000);

/** More than is decoded of any body, in a few kilobytes. */
const BOMB = gzipSync(Buffer.alloc(300 * 1024 * 1024, 0x20));
const SECOND_BOMB = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, 0x20));

/** Twice what is read of an event stream, and far below what is counted of any other body. */
const MUCH = 128 * 1024 * 1024;

/** Sends without an end of the body; the time is up once much was taken. */
function pour({ response }: Visit, chunk: Buffer | string, timeIsUp: () => void): void {
  let taken = 0;
  const more = (): void => {
    taken += chunk.length;
    if (taken > MUCH) timeIsUp();
    else if (!response.destroyed && !response.write(chunk)) response.once('drain', more);
  };
  more();
}

function every(ms: number, { response }: Visit, act: () => void): void {
  const timer = setInterval(act, ms);
  response.on('close', () => clearInterval(timer));
}

/** Only who reads events stops at the limit of a stream; to the others it is a body. */
const endOfStream = (leg: string): RegExp =>
  leg === 'challenge' ? /^BODY_TOO_LARGE$/ : /^TIMEOUT$/;

const DAMAGE: Readonly<Record<string, Row>> = {
  'a body without an end': {
    answering: (visit, timeIsUp) => {
      visit.response.writeHead(200, { 'content-type': 'application/json' });
      pour(visit, MEBIBYTE, timeIsUp);
    },
    failure: /^TIMEOUT$/,
  },
  'headers of 60 KiB': {
    answering: ({ response }) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(60 * 1024) }).end('{}');
    },
    failure: /^HEADERS_TOO_LARGE$/,
  },
  'ten thousand headers': {
    answering: ({ socket }) => {
      socket.end(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n{}`);
    },
    failure: /^HEADERS_TOO_LARGE$/,
  },
  'a header that never ends': {
    answering: (visit) => {
      visit.socket.write('HTTP/1.1 200 OK\r\nx-endless: ');
      every(5, visit, () => visit.socket.write('x'.repeat(1024)));
    },
    failure: /^HEADERS_TOO_LARGE$/,
  },
  'a compressed bomb': {
    answering: ({ response }) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(BOMB);
    },
    failure: /^BODY_TOO_LARGE$/,
  },
  'a bomb in a bomb': {
    answering: ({ response }) => {
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip, br' })
        .end(SECOND_BOMB);
    },
  },
  'one byte at a time': {
    answering: (visit, timeIsUp) => {
      visit.response.writeHead(200, { 'content-type': 'application/json' });
      let sent = 0;
      every(10, visit, () => {
        visit.response.write(' ');
        sent += 1;
        if (sent === 20) timeIsUp();
      });
    },
    failure: /^TIMEOUT$/,
  },
  silence: { answering: (_, timeIsUp) => timeIsUp(), failure: /^TIMEOUT$/ },
  'an event stream without an end': {
    answering: (visit, timeIsUp) => {
      visit.response.writeHead(200, { 'content-type': 'text/event-stream' });
      pour(visit, EVENTS, timeIsUp);
    },
    failure: endOfStream,
  },
  'an event of one endless line': {
    answering: (visit, timeIsUp) => {
      visit.response.writeHead(200, { 'content-type': 'text/event-stream' });
      visit.response.write('data: ');
      pour(visit, MEBIBYTE, timeIsUp);
    },
    failure: endOfStream,
  },
  'a flood of interim answers': {
    answering: (visit) => {
      every(1, visit, () => visit.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10)));
    },
    failure: /^TOO_MANY_1XX$/,
  },
  'bytes that are no UTF-8': {
    answering: ({ response }) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0xc3, 0x28, 0x7d]));
    },
  },
  'every header twice': {
    answering: ({ socket }) => {
      const headers = 'content-type: application/json\r\ncontent-type: text/html\r\n';
      const lengths = 'content-length: 2\r\ncontent-length: 5\r\n';
      const others = 'location: /a\r\nlocation: /b\r\nwww-authenticate: Bearer\r\n';
      socket.end(`HTTP/1.1 200 OK\r\n${headers}${lengths}${others}\r\n{}abc`);
    },
    failure: /^BODY_CUT_OFF$/,
  },
  'what is no HTTP': {
    answering: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    failure: /^NOT_HTTP$/,
  },
  'a reset': {
    answering: ({ socket }) => void socket.resetAndDestroy(),
    failure: /^(ECONNRESET|CONNECTION_CLOSED)$/,
  },
  'a body cut off': {
    answering: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"a'),
    failure: /^(BODY_CUT_OFF|CONNECTION_CLOSED)$/,
  },
  'a redirect to itself': { answering: (visit) => redirect(visit, visit.url.href) },
  'a hundred thousand levels of JSON': {
    answering: ({ response }) => {
      const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
      response.writeHead(200, { 'content-type': 'application/json' }).end(deep);
    },
  },
  'a document of 100 MiB': {
    answering: (visit) => {
      visit.response.writeHead(200, { 'content-type': 'application/json' });
      let left = 100;
      const more = (): void => {
        while (left-- > 0 && visit.response.write(MEBIBYTE));
        if (left > 0) visit.response.once('drain', more);
        else visit.response.end('{}');
      };
      more();
    },
  },
};

/** Without resource metadata a client goes on as revision 2025-03-26 says; elsewhere it has to stop. */
const CODES: Readonly<Record<string, readonly number[]>> = { 'resource metadata': [1, 3] };

describe.concurrent.each(Object.entries(LEGS))('at the %s', (leg, route) => {
  test.each(Object.entries(DAMAGE))('%s ends the run, and the trace is saved', async (_, row) => {
    const { ended, server } = await runAgainst(route, row.answering);
    const trace = expectUnharmed(ended, CODES[leg] ?? [3], server.secrets);
    const failures = trace.trace_log.flatMap(({ failure }) => (failure ? [failure.code] : []));
    const expected = typeof row.failure === 'function' ? row.failure(leg) : row.failure;
    expect(failures).toEqual(expected ? [expect.stringMatching(expected)] : []);
  });
});

test('a silent server is given the time that was asked for, and no more', async () => {
  const server = await startHostile({ [LEGS.challenge]: () => {} });
  try {
    const ended = await program.start([server.mcpUrl, '--timeout', '0.1']).ended;
    const { sequence_summary: summary } = expectUnharmed(ended, [3], server.secrets);
    expect(summary.reason).toContain('no complete answer within 0.1 s (TIMEOUT)');
  } finally {
    await server.close();
  }
});
