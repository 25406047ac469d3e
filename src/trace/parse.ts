import { isObject } from './body.ts';
import { nestsDeeper } from './depth.ts';
import { TraceFileError } from './file-error.ts';
import { TRACE_VERSION } from './format.ts';
import { traceWithin } from './report-document.ts';
import { type Trace, traceSchema } from './schema.ts';
import { upgrade } from './upgrade.ts';

/** Brackets within brackets that are read; a trace of ours needs far fewer. */
const DEEPEST = 100;

/** Faults that a message names; more would not help to mend the file. */
const MOST_NAMED = 3;

/**
 * A trace from the text of a file, or of a JSON report, brought up to this version. `name` stands in
 * the messages.
 * @throws {TraceFileError} with a stable code.
 */
export function parseTrace(text: string, name = 'the trace'): Trace {
  const quoted = JSON.stringify(name);
  const file = traceWithin(parseJson(text, quoted), quoted);
  if (nestsDeeper(openPartOf(file), DEEPEST)) throw tooDeep(quoted);
  const upgraded = upgrade(file, quoted);
  const checked = traceSchema.safeParse(upgraded);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(
    ({ path, message }) => `${placeOf(path)}: ${message.replace(/^Invalid input: /, '')}`,
  );
  const more = faults.length > MOST_NAMED ? `; and ${faults.length - MOST_NAMED} more` : '';
  throw new TraceFileError(
    'NOT_A_TRACE',
    `${quoted} is not a valid trace: ${faults.slice(0, MOST_NAMED).join('; ')}${more}`,
    checked.error,
  );
}

/** What the schema leaves open: the claims of tokens, and everything in a file of another version. */
function openPartOf(file: unknown): unknown {
  return isObject(file) && file.trace_version === TRACE_VERSION ? file.secrets : file;
}

function parseJson(text: string, quoted: string): unknown {
  if (text.trim() === '')
    throw new TraceFileError('NOT_JSON', `${quoted} is empty, expected a trace file`);
  try {
    // A member of that name would become the prototype of whatever copies it.
    return /__proto__|\\u00[567]/i.test(text)
      ? JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value))
      : JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(quoted);
    const isCut = /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text.slice(-100));
    const seen = isCut ? 'breaks off before its end' : 'is not JSON';
    throw new TraceFileError('NOT_JSON', `${quoted} ${seen}, expected a trace file`, error);
  }
}

function tooDeep(quoted: string): TraceFileError {
  return new TraceFileError(
    'TOO_DEEP',
    `${quoted} nests deeper than ${DEEPEST} levels, expected a trace file`,
  );
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return place.join('').replace(/^\./, '') || 'the whole file';
}
