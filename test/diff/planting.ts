/** Changes of meaning, made at random places of a trace. */
import fc from 'fast-check';
import type { Exchange, Trace } from '../../src/trace/schema.ts';

/** A change to make: which exchange, which leaf, what to do; numbers are taken modulo what there is. */
export interface Planted {
  readonly exchange: number;
  readonly leaf: number;
  readonly what: 'remove' | 'replace' | 'add' | 'status' | 'method' | 'header' | 'gone' | 'failure';
}

/** Any change of meaning. */
export const anyChange: fc.Arbitrary<Planted> = fc.record({
  exchange: fc.nat(1000),
  leaf: fc.nat(1000),
  what: fc.constantFrom(
    'remove',
    'replace',
    'add',
    'status',
    'method',
    'header',
    'gone',
    'failure',
  ),
});

/** The trace with the change; the very same trace where there is nothing to change. */
export function plant(trace: Trace, { exchange, leaf, what }: Planted): Trace {
  const index = exchange % trace.trace_log.length;
  const one = trace.trace_log[index];
  if (!one) return trace;
  if (what === 'gone') return { ...trace, trace_log: trace.trace_log.toSpliced(index, 1) };
  const changed = CHANGES[what](one, leaf);
  return changed === one ? trace : { ...trace, trace_log: trace.trace_log.with(index, changed) };
}

type Response = NonNullable<Exchange['response']>;

const CHANGES: Readonly<
  Record<Exclude<Planted['what'], 'gone'>, (one: Exchange, leaf: number) => Exchange>
> = {
  status: (one) => answered(one, (response) => ({ ...response, status: response.status + 1 })),
  method: (one) => ({ ...one, request: { ...one.request, method: `${one.request.method}X` } }),
  header: (one) =>
    answered(one, (response) => ({
      ...response,
      headers: [...response.headers, ['x-planted', 'yes']],
    })),
  failure: (one) =>
    one.failure
      ? one
      : {
          ...one,
          response: null,
          failure: { code: 'ECONNRESET', phase: 'wait', message: 'reset' },
        },
  remove: (one, leaf) => atLeaf(one, leaf, () => undefined),
  replace: (one, leaf) => atLeaf(one, leaf, replaced),
  add: (one) => inJson(one, (value) => ({ ...value, planted: true })),
};

/** Members whose value means nothing; that they are there does. */
const VOLATILE =
  /^(?:access_token|refresh_token|client_id|client_id_issued_at|registration_access_token|id)$/;

function replaced(value: unknown, key: string): unknown {
  if (VOLATILE.test(key)) return undefined;
  // A word of its own: what is glued to an id makes of it a word that no run knows.
  if (typeof value === 'string') return `${value} planted`;
  if (typeof value === 'number') return value * 3 + 100;
  if (typeof value === 'boolean') return !value;
  return Array.isArray(value) ? [...(value as unknown[]), 'planted'] : 'planted';
}

function atLeaf(
  one: Exchange,
  leaf: number,
  change: (value: unknown, key: string) => unknown,
): Exchange {
  return inJson(one, (value) => changeAt(value, leaf, change));
}

/** Descends by the digits of a number, then changes what is there. */
function changeAt(
  value: Members,
  leaf: number,
  change: (value: unknown, key: string) => unknown,
): Members {
  const keys = Object.keys(value);
  const key = keys[leaf % keys.length];
  if (key === undefined) return value;
  const rest = Math.floor(leaf / keys.length);
  const child = value[key];
  const isDeeper = rest > 0 && typeof child === 'object' && child !== null && !Array.isArray(child);
  const next = isDeeper ? changeAt(child as Members, rest, change) : change(child, key);
  if (next !== undefined) return { ...value, [key]: next };
  const { [key]: _, ...others } = value;
  return others;
}

type Members = Readonly<Record<string, unknown>>;

function inJson(one: Exchange, change: (value: Members) => Members): Exchange {
  return answered(one, (response) => {
    if (response.body?.media_type !== 'application/json') return response;
    const old = JSON.parse(response.body.text ?? '') as Members;
    const changed = change(old);
    if (JSON.stringify(changed) === JSON.stringify(old)) return response;
    return { ...response, body: { ...response.body, text: JSON.stringify(changed) } };
  });
}

function answered(one: Exchange, change: (response: Response) => Response): Exchange {
  if (!one.response) return one;
  const response = change(one.response);
  return response === one.response ? one : { ...one, response };
}
