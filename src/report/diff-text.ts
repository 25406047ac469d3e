import { Chalk, type ChalkInstance } from 'chalk';
import type { Change, Difference } from '../diff/difference.ts';
import {
  countTitle,
  type DiffReporter,
  type DiffSection,
  placeTitle,
  sectionsOf,
} from './diff-sections.ts';
import { whyItMatters } from './diff-why.ts';
import { visibleLine } from './visible.ts';

/** A diff for a terminal: what matters first, each with a word on why where a rule knows. */
export const diffText: DiffReporter = (diff, { before, after, color }) => {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const still = diff.findings.still.map(({ rule }) => rule);
  return [
    `${chalk.bold(`${visibleLine(before)} → ${visibleLine(after)}`)}: ${countTitle(diff)}`,
    ...sectionsOf(diff).map((section) => sectionText(section, chalk)),
    ...(still.length > 0
      ? [`${chalk.bold('Still there')}\n  ${still.map(visibleLine).join(', ')}`]
      : []),
    '',
  ].join('\n\n');
};

function sectionText({ title, groups }: DiffSection, chalk: ChalkInstance): string {
  const reasons = new Set<string>();
  const lines = groups.flatMap(({ title: place, differences }) => [
    ...(place === '' ? [] : [`  ${chalk.dim(visibleLine(place))}`]),
    ...differences.flatMap((difference) => {
      const why = whyItMatters(difference);
      const isNew = why !== undefined && !reasons.has(why);
      if (isNew) reasons.add(why);
      return differenceLines(difference, isNew ? why : undefined, chalk);
    }),
  ]);
  return [chalk.bold(title), ...lines].join('\n');
}

const MARKS: Readonly<Record<Change, string>> = { added: '+', removed: '-', changed: '~' };
const COLORS = { added: 'green', removed: 'red', changed: 'yellow' } as const;

function differenceLines(
  difference: Difference,
  why: string | undefined,
  chalk: ChalkInstance,
): readonly string[] {
  const { change, also, text } = difference;
  const mark = chalk[COLORS[change]](MARKS[change]);
  const places = [...new Set(also.map(placeTitle))];
  return [
    `  ${mark} ${visibleLine(text)}`,
    ...(places.length > 0 ? [chalk.dim(`      also in ${visibleLine(shortened(places))}`)] : []),
    ...(why === undefined ? [] : [chalk.dim(`      why it matters: ${why}`)]),
  ];
}

/** How many further places are spelled out. */
const MOST_PLACES = 3;

function shortened(places: readonly string[]): string {
  const shown = places.slice(0, MOST_PLACES).join('; ');
  const left = places.length - MOST_PLACES;
  return left > 0 ? `${shown} and ${left} more` : shown;
}
