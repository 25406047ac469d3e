/** The only owner of what is secret: everything that leaves this tool passes through here. */
import { isDeeperThan } from './depth.ts';
import type { Context } from './redact/judgement.ts';
import { createLedger, describe, type Entry, type Ledger } from './redact/ledger.ts';
import { makerOf } from './redact/names.ts';
import type { KnownSecret } from './redact/survivors.ts';
import { createTailScrub, scrubCuts } from './redact/tail.ts';
import { createTraceWalk } from './redact/trace-walk.ts';
import { aboutPerson, jwtTexts, learningVisitor, replacingVisitor } from './redact/visitors.ts';
import { type Visitor, walkText } from './redact/walker.ts';
import type { Exchange, Secret, Trace } from './schema.ts';

export { findSurvivors, type KnownSecret, survivorSearch } from './redact/survivors.ts';

/** A redacted trace and the secrets that must not stand in it any more. */
export interface Redaction {
  readonly trace: Trace;
  readonly secrets: readonly KnownSecret[];
}

/** The trace with a label in place of every secret, and what rules need to know of each in `secrets`. */
export function redact(trace: Trace, known: readonly KnownSecret[] = []): Trace {
  return redaction(trace, known).trace;
}

/** Redacts, and tells which secrets were found: for a last search before anything is written. */
export function redaction(trace: Trace, known: readonly KnownSecret[] = []): Redaction {
  const labels = trace.secrets.map(({ label }) => label);
  const ledger = createLedger(labels, trace.metadata.server_url);
  const context = contextOf(known, trace);
  enter(ledger, known);
  createTraceWalk(learningVisitor(ledger, context)).trace(trace);
  const visitor = replacingVisitor(ledger, context);
  const walked = createTraceWalk(visitor, createTailScrub(ledger)).trace(trace);
  return {
    trace: {
      ...walked,
      metadata: { ...walked.metadata, redacted: true },
      secrets: [...trace.secrets, ...recordsOf(ledger, visitor)],
    },
    secrets: ledger.everywhere().map(({ kind, value }) => ({ kind, value })),
  };
}

/** Masks text on its way to a terminal or a report; learns while the run goes on. */
export interface Mask {
  (text: string): string;
  /** Takes secrets that came up later. */
  learn(known: readonly KnownSecret[]): void;
  /** Takes the secrets of an exchange, so that later lines that repeat them are masked. */
  see(exchange: Exchange): void;
}

/** Makes a mask that knows what the user brought and finds the rest by its place and look. */
export function createMask(known: readonly KnownSecret[] = []): Mask {
  const ledger = createLedger([], '');
  const brought = [...known];
  const context: Context = {
    ...contextOf([]),
    isKnown: (value) => isBrought(brought, value),
  };
  const learning = learningVisitor(ledger, context);
  const replacing = replacingVisitor(ledger, context);
  enter(ledger, known);
  const mask = (text: string): string => {
    walkText(text, learning);
    return scrubCuts(walkText(text, replacing), (cut) => createTailScrub(ledger)(cut));
  };
  return Object.assign(mask, {
    learn: (more: readonly KnownSecret[]) => {
      brought.push(...more);
      enter(ledger, more);
    },
    see: (exchange: Exchange) => {
      createTraceWalk(learning).exchange(exchange);
    },
  });
}

function contextOf(known: readonly KnownSecret[], trace?: Trace): Context {
  return {
    passwordFields: new Set(),
    readable: new Set(),
    username: trace?.metadata.username ?? null,
    clientId: trace?.sequence_summary.client_id ?? null,
    isKnown: (value) => isBrought(known, value),
  };
}

function isBrought(known: readonly KnownSecret[], value: string): boolean {
  return value !== '' && known.some((secret) => secret.value === value);
}

/** Enters what the user brought; `Bearer abc` is entered without its scheme. */
function enter(ledger: Ledger, known: readonly KnownSecret[]): void {
  for (const { kind, value, human } of known) {
    const maker = human === undefined ? makerOf(kind) : human ? 'human' : 'machine';
    const bare = /^(?:bearer|basic|dpop|token|digest)\s+(\S.*)$/is.exec(value)?.[1];
    ledger.meet(bare ?? value, { kind, maker, isKnown: true });
  }
}

/** A record of each secret whose label was used; claims of a person are labelled in turn. */
function recordsOf(ledger: Ledger, visitor: Visitor): readonly Secret[] {
  const records: Secret[] = [];
  // Labelling claims may bring up further secrets, which stand at the end of the same list.
  for (let index = 0; index < ledger.used().length; index += 1) {
    const entry = ledger.used()[index];
    if (entry) records.push(recordOf(entry, visitor));
  }
  return records;
}

/** Levels of a token's claims that are kept. */
const DEEPEST_CLAIMS = 50;

function recordOf(entry: Entry, visitor: Visitor): Secret {
  const { jwt, ...record } = describe(entry);
  const texts = jwt && jwtTexts(entry.value);
  // The file it would stand in could not be read again.
  if (!texts || texts.some((text) => isDeeperThan(text, DEEPEST_CLAIMS))) return record;
  const [header, claims] = texts.map(
    // A JSON object as text, its strings replaced by strings.
    (text) => JSON.parse(walkText(text, aboutPerson(visitor), 'json')) as Record<string, unknown>,
  );
  return header && claims ? { ...record, jwt: { header, claims } } : record;
}
