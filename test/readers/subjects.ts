/** The traces that the readers get to read: runs against the reference server, and hostile ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseTrace } from '../../src/trace/parse.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { hostileTrace, PAYLOADS } from '../report/hostile.ts';

const FOLDER = 'traces/reference';

/** A trace and what to call it. */
export interface Named {
  readonly name: string;
  readonly trace: Trace;
}

/** The names of the golden traces: one per revision, fault and world. */
export const GOLDEN: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));

/** A golden trace. */
export function golden(name: string): Trace {
  return parseTrace(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}

/** A run that went well, one that broke off, and one against a server that writes to its reader. */
export const THREE: readonly Named[] = [
  { name: 'healthy', trace: golden('healthy') },
  { name: 'failing', trace: golden('asm-issuer-mismatch') },
  { name: 'hostile', trace: hostileTrace(PAYLOADS.join('\n')) },
];

/** A hostile trace per payload, so that none hides behind another. */
export const HOSTILE: readonly Named[] = PAYLOADS.map((text, index) => ({
  name: `payload-${index}`,
  trace: hostileTrace(text),
}));

/**
 * A hostile trace as a recorder could have written it: what a server chooses is hostile, but clocks are
 * ours and no request leaves for what is no URL.
 */
export function asRecorded({ name, trace }: Named): Named {
  const { timestamp } = golden('healthy').metadata;
  return {
    name,
    trace: {
      ...trace,
      metadata: { ...trace.metadata, timestamp },
      trace_log: trace.trace_log.map((exchange) => ({
        ...exchange,
        request: { ...exchange.request, url: new URL(exchange.request.url).href },
      })),
    },
  };
}
