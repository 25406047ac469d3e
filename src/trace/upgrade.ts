import { isObject, type JsonObject } from './body.ts';
import { TraceFileError } from './file-error.ts';
import { TRACE_VERSION } from './format.ts';
import { fromVersion0 } from './upgrade-0.ts';

/** `0 | 1 | …` below a version. */
type Below<
  Version extends number,
  Count extends readonly unknown[] = [],
> = Count['length'] extends Version
  ? never
  : Count['length'] | Below<Version, readonly [...Count, unknown]>;

/** How a file of each older version becomes one of the next; a version without a row does not compile. */
const UPGRADES: { readonly [V in Below<typeof TRACE_VERSION>]: (file: JsonObject) => JsonObject } =
  {
    0: fromVersion0,
  };

/**
 * Brings the content of a trace file up to this version.
 * @throws {TraceFileError} for what is no trace, and for a file from the future.
 */
export function upgrade(file: unknown, name = 'the trace'): JsonObject {
  if (!isObject(file) || !isObject(file.metadata) || !Array.isArray(file.trace_log))
    throw new TraceFileError(
      'NOT_A_TRACE',
      `${name} has no metadata and trace_log, expected a trace file`,
    );
  const version = file.trace_version ?? 0;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    throw new TraceFileError(
      'NOT_A_TRACE',
      `${name}: trace_version is ${JSON.stringify(version)?.slice(0, 40)}, expected a whole number`,
    );
  if (version > TRACE_VERSION)
    throw new TraceFileError(
      'FROM_THE_FUTURE',
      `${name}: trace_version ${version} was written by a newer mcp-oauth-trace; this one reads up to ${TRACE_VERSION}: update it`,
    );
  return Object.entries(UPGRADES)
    .slice(version)
    .reduce<JsonObject>((old, [, next]) => next(old), file);
}
