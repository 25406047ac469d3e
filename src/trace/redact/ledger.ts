import type { Secret } from '../schema.ts';
import { describeSecret, isLabel, machineLabel } from '../secret.ts';
import { createMatcher, type Matcher, SHORTEST_PATTERN } from './matcher.ts';
import { isAmbiguous, isVague, makerOf } from './names.ts';
import { base64CoresOf, spellingsOf } from './spelling.ts';
import { isPublicWord, isWord, looksRandom } from './vocabulary.ts';

/** Shortest secret whose digest may be told: a shorter one could be found by trying. */
const SHORTEST_DIGESTED = 12;

/** Who made a secret, as far as its sightings tell. */
type Maker = ReturnType<typeof makerOf>;

/** How a secret was met. */
export interface Met {
  readonly kind: string;
  readonly maker?: Maker;
  /** The user brought it: it is replaced wherever it stands, even where it is a plain word. */
  readonly isKnown?: boolean;
  /** The secret it was made from: it is no safer than that one. */
  readonly madeFrom?: string;
}

/** A secret and everything its sightings said. */
export interface Entry {
  readonly value: string;
  kind: string;
  maker: Maker;
  isKnown: boolean;
  madeFrom: string | undefined;
  label: string | undefined;
}

/** What the matcher finds: a secret, spelled out or within a run of base64. */
export interface Mark {
  readonly entry: Entry;
  readonly isRun: boolean;
}

/** Every secret of a run and the label that stands in its place. */
export interface Ledger {
  readonly meet: (value: string, met: Met) => void;
  readonly knows: (value: string) => boolean;
  /** The label of a secret that was met; makes it known as one that stands in the file. */
  readonly labelOf: (entry: Entry | string) => string;
  readonly matcher: Matcher<Mark>;
  /** Secrets that are looked for everywhere. */
  readonly everywhere: () => readonly Entry[];
  /** Secrets whose label was used, in order. */
  readonly used: () => readonly Entry[];
}

/** Starts a ledger; `labels` are those already in the file, `publicUrl` the address everybody may see. */
export function createLedger(labels: readonly string[], publicUrl: string): Ledger {
  const entries = new Map<string, Entry>();
  const used: Entry[] = [];
  const spread = new Set<Entry>();
  const counters = countersOf(labels);
  const matcher = createMatcher<Mark>();
  const address = publicUrl.replace(/[?#].*/s, '').replace(/\/\/[^/]*@/, '//');

  const spreadOut = (entry: Entry): void => {
    if (spread.has(entry) || !isFoundEverywhere(entry, address)) return;
    spread.add(entry);
    const spellings = spellingsOf(entry.value);
    for (const spelling of spellings) matcher.add(spelling, { entry, isRun: false });
    for (const spelling of [entry.value, formOf(entry.value)])
      for (const core of base64CoresOf(spelling)) matcher.add(core, { entry, isRun: true });
    if (entry.kind === 'email') matcher.add(entry.value.toLowerCase(), { entry, isRun: false });
  };

  const isHuman = (entry: Entry): boolean => {
    const source = entry.madeFrom === undefined ? undefined : entries.get(entry.madeFrom);
    return entry.maker !== 'machine' || (source !== undefined && isHuman(source));
  };

  const makeLabel = (entry: Entry): string => {
    if (!isHuman(entry) && entry.value.length >= SHORTEST_DIGESTED)
      return machineLabel(entry.kind, entry.value);
    const number = (counters.get(entry.kind) ?? 0) + 1;
    counters.set(entry.kind, number);
    return `<${entry.kind} #${number}>`;
  };

  return {
    matcher,
    meet: (value, met) => {
      if (value === '' || isLabel(value)) return;
      const entry = entries.get(value) ?? newEntry(value, met);
      entries.set(value, entry);
      learn(entry, met);
      spreadOut(entry);
    },
    knows: (value) => entries.has(value),
    labelOf: (which) => {
      const entry = typeof which === 'string' ? entries.get(which) : which;
      if (!entry) return typeof which === 'string' ? which : which.value;
      if (entry.label === undefined) {
        entry.label = makeLabel(entry);
        used.push(entry);
      }
      return entry.label;
    },
    everywhere: () => [...spread],
    used: () => used,
  };
}

/** What the file says of a secret that was labelled. */
export function describe(entry: Entry): Secret {
  const label = entry.label ?? '';
  const isNumbered = /#\d+>$/.test(label);
  return isNumbered && entry.maker !== 'machine'
    ? { label, length: entry.value.length }
    : describeSecret(label, entry.value);
}

function newEntry(value: string, { kind, maker, isKnown = false, madeFrom }: Met): Entry {
  const made = maker ?? makerOf(kind);
  return { value, kind: kindName(kind), maker: made, isKnown, madeFrom, label: undefined };
}

/** Takes in another sighting: the plainer kind, the surer maker. */
function learn(entry: Entry, { kind, maker = makerOf(kind), isKnown, madeFrom }: Met): void {
  if (entry.label !== undefined) return;
  if (isVague(entry.kind) && !isVague(kind)) entry.kind = kindName(kind);
  // A person's secret stays one whoever repeats it; a machine's answer tells that it was not.
  if (maker === 'human' || (maker === 'machine' && entry.maker === 'perhaps-human'))
    entry.maker = entry.isKnown && !isKnown ? entry.maker : maker;
  if (isKnown) entry.isKnown = true;
  entry.madeFrom ??= madeFrom;
}

function kindName(kind: string): string {
  return (
    kind
      .toLowerCase()
      .replace(/[^a-z]+/g, '_')
      .replace(/^_+|_+$/g, '') || 'secret'
  );
}

/** Whether a secret can be told apart from the words every trace is made of. */
export function isTellable(value: string): boolean {
  return value.length >= SHORTEST_PATTERN && !isPublicWord(value);
}

function isFoundEverywhere({ value, kind, maker, isKnown }: Entry, address: string): boolean {
  if (!isTellable(value) || address.includes(value)) return false;
  if (isKnown || maker === 'human') return true;
  if (isAmbiguous(kind) && isWord(value)) return false;
  return maker === 'machine' || value.length >= 20 || looksRandom(value);
}

function formOf(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

function countersOf(labels: readonly string[]): Map<string, number> {
  const counters = new Map<string, number>();
  for (const label of labels) {
    const [, kind, number] = /^<([a-z_]+) #(\d+)>$/.exec(label) ?? [];
    if (kind) counters.set(kind, Math.max(counters.get(kind) ?? 0, Number(number)));
  }
  return counters;
}
