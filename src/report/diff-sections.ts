/** A diff in the order and under the headings in which people read it. */
import { quote, subjectOf } from '../diff/describe.ts';
import type { Difference, TraceDiff, Weight, Where } from '../diff/difference.ts';
import { WEIGHTS } from '../diff/difference.ts';

/** How the two traces are called, and how they are shown. */
export interface DiffReportOptions {
  /** Names of the two files, as the user gave them. */
  readonly before: string;
  readonly after: string;
  /** Colour on a terminal; off when absent. */
  readonly color?: boolean;
  /** Columns of the terminal; 100 when absent. */
  readonly width?: number;
  /** The steps that were looked at; all when absent. */
  readonly only?: readonly string[];
}

/** Shows a diff. Pure. */
export type DiffReporter = (diff: TraceDiff, options: DiffReportOptions) => string;

/** Differences of one weight, by place. */
export interface DiffSection {
  readonly weight: Weight;
  readonly title: string;
  readonly groups: readonly DiffGroup[];
}

/** Differences of one exchange, or of the run where the title is empty. */
export interface DiffGroup {
  readonly title: string;
  readonly differences: readonly Difference[];
}

const TITLES: Readonly<Record<Weight, string>> = {
  outcome: 'Outcome',
  cause: 'Cause',
  finding: 'Findings',
  contract: 'Contract',
  behaviour: 'Behaviour',
  detail: 'Details',
  timing: 'Timing',
};

/** The differences under their headings; headings without any are left out. */
export function sectionsOf({ differences }: TraceDiff): readonly DiffSection[] {
  return WEIGHTS.map((weight) => ({
    weight,
    title: TITLES[weight],
    groups: groupsOf(differences.filter((difference) => difference.weight === weight)),
  })).filter(({ groups }) => groups.length > 0);
}

/** A place in a few words, none said twice: `refresh: token refresh_token no. 2 (exchange 9 → 8)`. */
export function placeTitle({ step, role, name, occurrence, exchanges }: Where): string {
  if (role === null) return step ?? '';
  const { before, after } = exchanges;
  const ids = before === after ? String(before) : `${before ?? 'none'} → ${after ?? 'none'}`;
  const nth = occurrence !== null && occurrence > 1 ? ` no. ${occurrence}` : '';
  const what = [role === step ? null : role, name].filter((word) => word !== null).join(' ');
  return `${what === '' ? step : `${step}: ${what}`}${nth} (exchange ${ids})`;
}

/** Where else the change shows: another place, the other half of this one, or another part of this half. */
export function furtherPlaces({ where, also }: Difference): readonly string[] {
  const here = placeTitle(where);
  const places = also.map((other) => {
    const title = placeTitle(other);
    if (title !== here) return title;
    return halfOf(other) === halfOf(where) ? subjectOf(other.pointer) : `the ${halfOf(other)}`;
  });
  return [...new Set(places)].filter((place) => place !== subjectOf(where.pointer));
}

function halfOf({ pointer }: Where): string {
  return pointer.startsWith('/request') ? 'request' : 'answer';
}

/** `3 differences, 2 findings still there`; `no difference in token` where only that was looked at. */
export function countTitle(
  { differences, findings }: TraceDiff,
  { only = [] }: Pick<DiffReportOptions, 'only'> = {},
): string {
  const still = findings.still.length;
  const count = differences.length;
  const found =
    count === 0 ? 'no difference' : `${count} ${count === 1 ? 'difference' : 'differences'}`;
  const head = only.length === 0 ? found : `${found} in ${only.join(', ')}`;
  return still === 0
    ? head
    : `${head}, ${still} ${still === 1 ? 'finding' : 'findings'} still there`;
}

/** `Not the same kind of run: client claude-desktop → mcp-remote`; undefined where it is the same. */
export function settingsLine({ settings }: TraceDiff): string | undefined {
  if (settings.length === 0) return undefined;
  const changes = settings.map(
    ({ name, before, after }) => `${name} ${settingText(before)} → ${settingText(after)}`,
  );
  return `Not the same kind of run: ${changes.join(', ')}`;
}

function settingText(value: string | boolean | null): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'none';
  return /^[\w.:/{}-]+$/.test(value) ? value : quote(value);
}

/** `{server} is https://a.test, then https://b.test`: a server that a text names in braces. */
export interface SpokenHost {
  readonly name: string;
  readonly origins: readonly string[];
}

/** The servers that a name in braces stands for, where one does. */
export function spokenHosts({ hosts, differences }: TraceDiff): readonly SpokenHost[] {
  return hosts
    .filter(({ name }) => differences.some(({ text }) => text.includes(name)))
    .map(({ name, before, after }) => ({ name, origins: [...new Set([before, after])] }));
}

function groupsOf(differences: readonly Difference[]): readonly DiffGroup[] {
  const groups = new Map<string, Difference[]>();
  for (const difference of differences) {
    const title = difference.kind === 'finding' ? '' : placeTitle(difference.where);
    const group = groups.get(title);
    if (group) group.push(difference);
    else groups.set(title, [difference]);
  }
  return [...groups].map(([title, members]) => ({ title, differences: members }));
}
