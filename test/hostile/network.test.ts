/** One way to hurt, hang or fill a client per row, at each leg of the sequence. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUnharmed } from './evidence.ts';
import { buildProgram, type Program } from './process.ts';
import { type Answering, LEGS, redirect, startHostile, USER, type Visit } from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

const ARGS = ['--username', USER.name, '--password', USER.password, '--timeout', '2'];

/** Runs the program against a server that misbehaves at one route. */
async function runAgainst(route: string, answering: Answering, codes: readonly number[]) {
  const server = await startHostile({ [route]: answering });
  try {
    const ended = await program.start([server.mcpUrl, ...ARGS]).ended;
    return { trace: expectUnharmed(ended, codes, server.secrets), server, ended };
  } finally {
    await server.close();
  }
}

interface Row {
  readonly answering: Answering;
  /** What the trace calls it: a failure's code. */
  readonly seen?: RegExp;
}

const MEBIBYTE = Buffer.alloc(1024 * 1024, 0x20);

/** 200 MiB of spaces in a few kilobytes. */
const BOMB = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
const SECOND_BOMB = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, 0x20));

function pour({ response }: Visit, chunk: () => Buffer | string): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk()));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function every(ms: number, { response }: Visit, act: () => void): void {
  const timer = setInterval(act, ms);
  response.on('close', () => clearInterval(timer));
}

const DAMAGE: Readonly<Record<string, Row>> = {
  'a body without an end': {
    answering: (visit) => {
      visit.response.writeHead(200, { 'content-type': 'application/json' });
      pour(visit, () => MEBIBYTE);
    },
    seen: /TIMEOUT/,
  },
  'headers of 60 KiB': {
    answering: ({ response }) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(60 * 1024) }).end('{}');
    },
    seen: /HEADERS_TOO_LARGE/,
  },
  'ten thousand headers': {
    answering: ({ socket }) => {
      socket.end(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n{}`);
    },
    seen: /HEADERS_TOO_LARGE/,
  },
  'a header that never ends': {
    answering: (visit) => {
      visit.socket.write('HTTP/1.1 200 OK\r\nx-endless: ');
      every(5, visit, () => visit.socket.write('x'.repeat(1024)));
    },
    seen: /HEADERS_TOO_LARGE|TIMEOUT/,
  },
  'a compressed bomb': {
    answering: ({ response }) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(BOMB);
    },
  },
  'a bomb in a bomb': {
    answering: ({ response }) => {
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip, br' })
        .end(SECOND_BOMB);
    },
  },
  'one byte at a time': {
    answering: (visit) => {
      visit.response.writeHead(200, { 'content-type': 'application/json' });
      every(50, visit, () => visit.response.write(' '));
    },
    seen: /TIMEOUT/,
  },
  silence: { answering: () => {}, seen: /TIMEOUT/ },
  'an event stream without an end': {
    answering: (visit) => {
      visit.response.writeHead(200, { 'content-type': 'text/event-stream' });
      pour(visit, () => 'data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n');
    },
    seen: /TIMEOUT/,
  },
  'an event of one endless line': {
    answering: (visit) => {
      visit.response.writeHead(200, { 'content-type': 'text/event-stream' });
      visit.response.write('data: ');
      pour(visit, () => 'x'.repeat(64 * 1024));
    },
    seen: /TIMEOUT|BODY_TOO_LARGE/,
  },
  'a flood of interim answers': {
    answering: (visit) => {
      every(1, visit, () => visit.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10)));
    },
    seen: /TOO_MANY_1XX/,
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
  },
  'what is no HTTP': {
    answering: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  },
  'a reset': {
    answering: ({ socket }) => void socket.resetAndDestroy(),
    seen: /ECONNRESET|CONNECTION_CLOSED/,
  },
  'a body cut off': {
    answering: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"a'),
    seen: /BODY_CUT_OFF|CONNECTION_CLOSED/,
  },
  'a redirect to itself': { answering: (visit) => redirect(visit, visit.url.href) },
  'a hundred thousand levels of JSON': {
    answering: ({ response }) => {
      const deep = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
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
    const { trace } = await runAgainst(route, row.answering, CODES[leg] ?? [3]);
    const failures = trace.trace_log.flatMap(({ failure }) => (failure ? [failure.code] : []));
    if (row.seen) expect(failures.join(' ')).toMatch(row.seen);
  });
});
