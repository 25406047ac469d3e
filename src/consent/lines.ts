import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters of one line that are kept; a program that never ends its line cannot fill memory. */
const LONGEST_LINE = 16_384;

/** Calls back for each line of a stream, without its end; an overlong line is cut. */
export async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let open = '';
  const take = (text: string): void => {
    const [first = '', ...later] = text.split(/\r\n|\n|\r/);
    open = (open + first).slice(0, LONGEST_LINE);
    for (const line of later) {
      onLine(open);
      open = line.slice(0, LONGEST_LINE);
    }
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) take(decoder.write(chunk));
  take(decoder.end());
  if (open !== '') onLine(open);
}
