import { Agent, request as send } from 'node:http';
import { Readable } from 'node:stream';
import { headerValue, mediaType } from '../../trace/headers.ts';
import type { Header } from '../../trace/schema.ts';

/** A request of one server to another. */
export interface Hop {
  /** Default GET. */
  readonly method?: string;
  readonly url: string;
  readonly headers?: readonly Header[];
  readonly body?: string;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
  /** A stream of events; then `body` is empty. */
  readonly stream?: ReadableStream<Uint8Array>;
}

/**
 * Sends a hop over a socket of its own.
 * @throws the system's error when no answer came.
 */
export function sendHop({ method = 'GET', url, headers = [], body }: Hop): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length: readonly Header[] =
      body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))]];
    const { host } = new URL(url);
    const named = headerValue(headers, 'host') === undefined ? [['host', host] as const] : [];
    const sent = send(
      url,
      { method, agent: ONE_REQUEST, headers: [...named, ...headers, ...length].flat() },
      (response) => {
        const rest = {
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
        };
        if (mediaType(response.headers['content-type']) === 'text/event-stream') {
          // The two ReadableStream types, the web's and Node's, are one class at run time.
          const stream = Readable.toWeb(response) as ReadableStream<Uint8Array>;
          return resolve({ ...rest, body: '', stream });
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ ...rest, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** No connection is left open for a server that is about to close. */
const ONE_REQUEST = new Agent({ keepAlive: false });

function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, index): readonly Header[] =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [],
  );
}
