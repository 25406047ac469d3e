import type { ChalkInstance } from 'chalk';
import type { Exchange, StepRecord, Trace } from '../trace/schema.ts';
import { wrapped } from './layout.ts';
import { STEP_LOOKS } from './paint.ts';
import { printable } from './printable.ts';
import { type ExchangeTable, exchangeLines } from './text-exchange.ts';

/** Characters of a reason; the trace holds the rest. */
const LONGEST_REASON = 300;

/** A pass of a step and its exchanges. */
interface Section {
  readonly record: Pick<StepRecord, 'id' | 'pass' | 'reason' | 'notes'> & {
    readonly outcome: StepRecord['outcome'] | undefined;
  };
  readonly exchanges: readonly Exchange[];
}

/** Every step with what it did, in the order of the run. */
export function stepLines(
  trace: Trace,
  shown: ReadonlySet<Exchange>,
  table: ExchangeTable,
): readonly string[] {
  const isWhole = shown.size === trace.trace_log.length;
  return merged(sectionsOf(trace)).flatMap(({ record, exchanges }) => {
    const kept = exchanges.filter((exchange) => shown.has(exchange));
    return isWhole || kept.length > 0
      ? [...headLines(record, table), ...kept.flatMap((exchange) => exchangeLines(exchange, table))]
      : [];
  });
}

/** Steps skipped for the same reason, one after the other, are told together. */
function merged(sections: readonly Section[]): readonly Section[] {
  const groups: Section[] = [];
  for (const section of sections) {
    const last = groups.at(-1);
    if (last && isSkippedAlike(last, section)) {
      const id = `${last.record.id}, ${section.record.id}`;
      groups[groups.length - 1] = { ...last, record: { ...last.record, id } };
    } else groups.push(section);
  }
  return groups;
}

function isSkippedAlike(before: Section, { record, exchanges }: Section): boolean {
  return (
    before.record.outcome === 'skipped' &&
    record.outcome === 'skipped' &&
    before.record.reason === record.reason &&
    before.exchanges.length + exchanges.length === 0
  );
}

/** The passes as recorded; exchanges that none of them names stand under their step's name. */
function sectionsOf(trace: Trace): readonly Section[] {
  const byId = new Map(trace.trace_log.map((exchange) => [exchange.id, exchange]));
  const hops = hopsOf(trace);
  const recorded = trace.sequence_summary.steps.map((record) => ({
    record,
    exchanges: record.exchanges.flatMap((id) => [byId.get(id) ?? [], hops.get(id) ?? []].flat()),
  }));
  const named = new Set(recorded.flatMap(({ exchanges }) => exchanges));
  const others = new Map<string, Exchange[]>();
  for (const exchange of trace.trace_log)
    if (!named.has(exchange)) {
      const group = others.get(exchange.step);
      if (group) group.push(exchange);
      else others.set(exchange.step, [exchange]);
    }
  return [
    ...recorded,
    ...[...others].map(([id, exchanges]) => ({
      record: { id, outcome: undefined, reason: null },
      exchanges,
    })),
  ];
}

/** What servers did among themselves, by the client's request they did it for. */
function hopsOf({ trace_log }: Trace): ReadonlyMap<number, readonly Exchange[]> {
  const hops = new Map<number, Exchange[]>();
  for (const exchange of trace_log) {
    const { seen_by, caused_by } = exchange;
    if (seen_by === undefined || caused_by === null) continue;
    const siblings = hops.get(caused_by);
    if (siblings) siblings.push(exchange);
    else hops.set(caused_by, [exchange]);
  }
  return hops;
}

function headLines(record: Section['record'], { paint, width }: ExchangeTable): readonly string[] {
  const { id, outcome, reason, pass = 1, notes = [] } = record;
  const { mark, word, color } = outcome ? STEP_LOOKS[outcome] : UNRECORDED;
  const tint = color(paint);
  const again = pass > 1 ? paint.dim(` pass ${pass}`) : '';
  const names = wrapped(printable(id), width - 2);
  const name = outcome === 'skipped' ? paint.dim : paint.bold;
  const ended = outcome === 'done' || !outcome ? '' : word;
  const why = [ended, reason === null ? '' : printable(reason, LONGEST_REASON)].filter(
    (part) => part !== '',
  );
  return [
    ...names.map((line, index) => `${index === 0 ? tint(mark) : ' '} ${name(line)}`.concat(again)),
    ...(why.length > 0 ? told(why.join(': '), tint, width) : []),
    ...notes.flatMap((note) => told(printable(note), paint.dim, width)),
  ];
}

/** A step that an imported trace has exchanges of and no record. */
const UNRECORDED = { mark: '·', word: '', color: ({ dim }: ChalkInstance) => dim };

function told(text: string, color: (text: string) => string, width: number): readonly string[] {
  return wrapped(text, width - 4).map((line) => `    ${color(line)}`);
}
