import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes a trace of so many exchanges: a run that goes through its whole sequence again and again.
 * @param slower milliseconds that every exchange of it took longer, for one to compare with
 */
export function writeLongTrace(source, file, count, slower = 0) {
  const trace = JSON.parse(readFileSync(source, 'utf8'));
  const { trace_log: once, sequence_summary: summary } = trace;
  const passes = Math.ceil(count / once.length);
  const log = [];
  const steps = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const offset = pass * once.length;
    const within = (id) => id + offset <= count;
    for (const exchange of once.filter(({ id }) => within(id)))
      log.push(JSON.stringify(later(exchange, offset, slower)));
    for (const step of summary.steps) {
      const exchanges = step.exchanges.filter(within).map((id) => id + offset);
      if (exchanges.length > 0) steps.push({ ...step, exchanges, pass: pass + 1 });
    }
  }
  const { trace_log: _, ...head } = {
    ...trace,
    metadata: { ...trace.metadata, total_requests: log.length },
    sequence_summary: { ...summary, steps },
  };
  const opening = JSON.stringify(head).slice(0, -1);
  writeFileSync(file, `${opening},"trace_log":[\n${log.join(',\n')}\n]}\n`);
}

function later(exchange, offset, slower) {
  const { id, caused_by: cause, timing } = exchange;
  return {
    ...exchange,
    id: id + offset,
    caused_by: cause === null ? null : cause + offset,
    timing: { ...timing, wait_ms: timing.wait_ms + slower, total_ms: timing.total_ms + slower },
  };
}
