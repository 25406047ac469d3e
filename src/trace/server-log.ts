import { parseJson } from './body.ts';
import { TraceFileError } from './file-error.ts';
import { isKongLine, readKongLine } from './kong.ts';
import { type Exchange, exchangeSchema } from './schema.ts';

/**
 * The exchanges of a server's log, one JSON object a line: in the form of a trace's, or as Kong's
 * file-log plugin writes them. Other lines, which standard output brings along, are passed over.
 * @throws {TraceFileError} `NOT_A_TRACE` when no line is one.
 */
export function readServerLog(text: string, name = 'the log'): readonly Exchange[] {
  const exchanges = text.split('\n').flatMap((line, index) => readLine(line, index + 1));
  if (exchanges.length === 0)
    throw new TraceFileError(
      'NOT_A_TRACE',
      `${JSON.stringify(name)} holds no exchange, expected one JSON object a line as serve --log or Kong's file-log plugin writes them`,
    );
  return exchanges;
}

function readLine(text: string, number: number): readonly Exchange[] {
  const start = text.indexOf('{');
  if (start < 0) return [];
  const line = parseJson(text.slice(start));
  if (isKongLine(line)) return [readKongLine(line, number)];
  const checked = exchangeSchema.safeParse(line);
  return checked.success ? [checked.data] : [];
}
