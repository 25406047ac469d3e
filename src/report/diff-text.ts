import { Chalk, type ChalkInstance } from 'chalk';
import type { Change, Difference, TraceDiff } from '../diff/difference.ts';
import { changeColor } from './diff-color.ts';
import {
  countTitle,
  type DiffReporter,
  type DiffSection,
  furtherPlaces,
  sectionsOf,
  settingsLine,
  spokenHosts,
} from './diff-sections.ts';
import { whyItMatters } from './diff-why.ts';
import { wrapped } from './layout.ts';
import { visibleLine } from './visible.ts';

/** A reason is told where it comes up first: by the difference that it belongs to. */
type Reasons = ReadonlyMap<Difference, string>;

/** How lines are made: no wider than the terminal, and in its colours. */
interface Style {
  readonly chalk: ChalkInstance;
  readonly width: number;
}

/** A diff for a terminal: what matters first, each with a word on why where a rule knows. */
export const diffText: DiffReporter = (diff, { before, after, color, width = 100, ...looked }) => {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const style = { chalk, width };
  const still = diff.findings.still.map(({ rule }) => visibleLine(rule)).join(', ');
  const reasons = reasonsOf(diff);
  const servers = spokenHosts(diff).flatMap((host) =>
    dimmed('', visibleLine(`${host.name} is ${host.origins.join(', then ')}`), style),
  );
  const settings = settingsLine(diff);
  return [
    [
      `${chalk.bold(`${visibleLine(before)} → ${visibleLine(after)}`)}: ${countTitle(diff, looked)}`,
      ...(settings === undefined ? [] : paragraph('', visibleLine(settings), style)),
      ...servers,
    ].join('\n'),
    ...sectionsOf(diff).map((section) => sectionText(section, reasons, style)),
    ...(still === ''
      ? []
      : [[chalk.bold('Still there'), ...paragraph('  ', still, style)].join('\n')]),
    '',
  ].join('\n\n');
};

function reasonsOf({ differences, findings }: TraceDiff): Reasons {
  const first = new Map<string, Difference>();
  for (const difference of differences) {
    const why = whyItMatters(difference, findings);
    if (why !== undefined && !first.has(why)) first.set(why, difference);
  }
  return new Map([...first].map(([why, difference]) => [difference, why]));
}

function sectionText({ title, groups }: DiffSection, reasons: Reasons, style: Style): string {
  const found = groups.flatMap(({ title: place, differences }) => [
    ...(place === '' ? [] : dimmed('  ', visibleLine(place), style)),
    ...differences.flatMap((difference) =>
      differenceLines(difference, reasons.get(difference), style),
    ),
  ]);
  return [style.chalk.bold(title), ...found].join('\n');
}

const MARKS: Readonly<Record<Change, string>> = { added: '+', removed: '-', changed: '~' };

function differenceLines(
  difference: Difference,
  why: string | undefined,
  style: Style,
): readonly string[] {
  const places = furtherPlaces(difference);
  const mark = changeColor(difference, style.chalk)(MARKS[difference.change]);
  const [head = '', ...rest] = paragraph('    ', visibleLine(difference.text), style);
  return [
    `  ${mark} ${head.slice(4)}`,
    ...rest,
    ...(places.length > 0
      ? dimmed('      ', `also in ${visibleLine(shortened(places))}`, style)
      : []),
    ...(why === undefined ? [] : dimmed('      ', `why it matters: ${why}`, style)),
  ];
}

function dimmed(indent: string, text: string, style: Style): readonly string[] {
  return paragraph(indent, text, style).map((line) => style.chalk.dim(line));
}

/** Lines behind an indent, no wider than the terminal. */
function paragraph(indent: string, text: string, { width }: Style): readonly string[] {
  return wrapped(text, Math.max(20, width - indent.length)).map((line) => indent + line);
}

/** How many further places are spelled out. */
const MOST_PLACES = 6;

function shortened(places: readonly string[]): string {
  const shown = places.slice(0, MOST_PLACES).join('; ');
  const left = places.length - MOST_PLACES;
  return left > 0 ? `${shown} and ${left} more` : shown;
}
