import { MEMBERS } from './format.ts';
import { plainJson } from './plain-json.ts';
import type { Exchange, Trace } from './schema.ts';

/** Longest line that holds a whole object or list. */
const WIDEST = 110;

/** The text of a trace file: two spaces, small objects and lists on one line, one way to write each trace. */
export function serialize(trace: Trace): string {
  return [...serializeParts(trace)].join('');
}

/** The same text in parts, one per exchange, so that a long trace never stands in memory twice. */
export function* serializeParts(trace: Trace): Generator<string> {
  const { trace_log: log, ...head } = trace;
  const opening = pretty(head, '').replace(/(\s*)\}$/, '');
  yield `${opening},\n  "trace_log": [`;
  for (const [index, exchange] of log.entries())
    yield `${index === 0 ? '' : ','}\n    ${pretty(inOrder(exchange), '    ')}`;
  yield log.length === 0 ? ']\n}\n' : '\n  ]\n}\n';
}

/** The members in the order of the format, whoever built the exchange. */
function inOrder(exchange: Exchange): Exchange {
  return ordered(
    {
      ...exchange,
      request: ordered(exchange.request, MEMBERS.request),
      response: exchange.response && ordered(exchange.response, MEMBERS.response),
    },
    MEMBERS.exchange,
  );
}

/** The same object with members of these names first; any others follow as they came. */
function ordered<T extends object>(value: T, names: readonly string[]): T {
  const entries = new Map(Object.entries(value));
  const first = names.filter((name) => entries.has(name)).map((name) => [name, entries.get(name)]);
  // The members are those of the value itself.
  return Object.fromEntries([...first, ...entries]) as T;
}

/** JSON with what fits on one line; `indent` is that of the line it begins on. */
function pretty(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return plainJson(value) ?? 'null';
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item: unknown) => pretty(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${plainJson(key)}: ${pretty(item, inner)}`);
  const [open, close, space] = isList ? ['[', ']', ''] : ['{', '}', ' '];
  if (items.length === 0) return `${open}${close}`;
  const width = items.reduce((sum, item) => sum + item.length + 2, indent.length);
  return width <= WIDEST && !items.some((item) => item.includes('\n'))
    ? `${open}${space}${items.join(', ')}${space}${close}`
    : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}
