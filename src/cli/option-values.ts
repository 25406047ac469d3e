/**
 * What stands behind an option, parsed. A value that cannot be read is a mistake of the user's, told
 * in one line; what may be a credential is never repeated.
 */
import { Option } from 'commander';
import { isReportName, REPORT_NAMES, type ReportName } from '../report/index.ts';
import { nearest } from '../rules/nearest.ts';
import { UserError } from './exit.ts';

/** A name and its value. */
export type Pair = readonly [name: string, value: string];

/** An address to dial in place of what a host name resolves to. */
export interface Pin {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** A form of the report and the file it goes to. */
export interface ReportFile {
  readonly format: ReportName;
  readonly file: string;
}

/** An option with a few possible values. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  const option = new Option(flags, description).choices(values);
  return option.argParser((value: string) => requireOneOf(nameOf(option), value, values));
}

/** An option with a few possible values, each the name of something. */
export function named<T>(
  flags: string,
  description: string,
  values: Readonly<Record<string, T>>,
  byDefault: string,
): Option {
  const option = choice(flags, description, Object.keys(values));
  return option
    .default(values[byDefault], byDefault)
    .argParser((name: string) => values[requireOneOf(nameOf(option), name, Object.keys(values))]);
}

/** An option of seconds on the command line, milliseconds inside. */
export function seconds(flags: string, description: string, byDefault: number): Option {
  const option = new Option(flags, description).default(byDefault * 1000, String(byDefault));
  return option.argParser((value: string) => {
    const number = Number(value);
    if (number > 0 && number <= 86_400) return number * 1000;
    throw new UserError(
      `${nameOf(option)} is ${JSON.stringify(value)}, expected seconds above 0, at most 86400`,
    );
  });
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 * 1024 };

/** An option of bytes; `256K` and `1M` are understood. */
export function bytes(flags: string, description: string, kibibytes: number): Option {
  const option = new Option(flags, description).default(kibibytes * 1024, `${kibibytes}K`);
  return option.argParser((value: string) => {
    const [, digits, unit = ''] = /^(\d{1,10})([KM]?)$/i.exec(value) ?? [];
    if (digits !== undefined) return Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
    throw new UserError(
      `${nameOf(option)} is ${JSON.stringify(value)}, expected bytes like 65536, 256K or 1M`,
    );
  });
}

/** An option that is a TCP port; 0, the default, for a free one. */
export function port(flags: string, description: string): Option {
  const option = new Option(flags, description).default(0);
  return option.argParser((value: string) => {
    if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
    throw new UserError(
      `${nameOf(option)} is ${JSON.stringify(value)}, expected a port from 0 to 65535`,
    );
  });
}

/** A repeatable option of values separated by commas. */
export function list(flags: string, description: string): Option {
  return new Option(flags, description).argParser(
    (value: string, earlier: readonly string[] = []) => [...earlier, ...itemsOf(value)],
  );
}

/** The same where an empty list, as an unset variable makes it, would leave nothing to look at. */
export function filledList(flags: string, description: string, item: string): Option {
  const option = new Option(flags, description);
  return option.argParser((value: string, earlier: readonly string[] = []) => {
    const items = itemsOf(value);
    if (items.length > 0) return [...earlier, ...items];
    throw new UserError(
      `${nameOf(option)} is ${JSON.stringify(value)}, expected at least one ${item}; leave it out to look at all`,
    );
  });
}

function itemsOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A repeatable option; `read` never repeats what it could not read. */
export function repeatable<T>(
  flags: string,
  description: string,
  read: (value: string) => T,
): Option {
  return new Option(flags, description)
    .default([])
    .argParser((value: string, earlier: readonly T[]) => [...earlier, read(value)]);
}

/** @throws {UserError} unless the text is name=value. */
export function readPair(option: string): (value: string) => Pair {
  return (value) => {
    const equals = value.indexOf('=');
    if (equals < 1) throw new UserError(`${option} needs a name and a value: ${option} name=value`);
    return [value.slice(0, equals), value.slice(equals + 1)];
  };
}

/** @throws {UserError} unless the text is a header. */
export function readHeader(value: string): Pair {
  const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t\x80-\xff]*)$/.exec(value);
  if (found) return [found[1] ?? '', found[2] ?? ''];
  throw new UserError('--header needs a name, a colon and a value: --header "X-Name: value"');
}

/** @throws {UserError} unless the text is host:port:address. */
export function readPin(value: string): Pin {
  const found = /^([^:\s]+):(\d{1,5}):(\[?[0-9A-Fa-f.:]+\]?)$/.exec(value);
  const [, host = '', digits, address = ''] = found ?? [];
  if (found && Number(digits) <= 65_535)
    return { host, port: Number(digits), address: address.replace(/[[\]]/g, '') };
  throw new UserError(
    `--resolve is ${JSON.stringify(value)}, expected host:port:address like example.com:443:127.0.0.1`,
  );
}

/** @throws {UserError} unless the text is format=file. */
export function readReportFile(value: string): ReportFile {
  const [format = '', ...rest] = value.split('=');
  const file = rest.join('=');
  requireOneOf('--report', format, REPORT_NAMES);
  if (!isReportName(format) || file === '')
    throw new UserError(
      `--report ${format} needs the file that this report is written to: --report ${format}=FILE`,
    );
  return { format, file };
}

/** @throws {UserError} unless the value is one of those given. */
export function requireOneOf(what: string, value: string, values: readonly string[]): string {
  if (values.includes(value)) return value;
  const close = nearest(value, values);
  const meant = close ? `; did you mean ${close}?` : `, expected one of ${values.join(', ')}`;
  throw new UserError(`${what} is ${JSON.stringify(value)}${meant}`);
}

function nameOf(option: Option): string {
  return option.long ?? option.flags;
}
