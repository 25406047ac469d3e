import type { Difference, FindingChanges } from '../diff/difference.ts';
import {
  countTitle,
  type DiffReporter,
  furtherPlaces,
  placeTitle,
  sectionsOf,
  settingsLine,
  spokenHosts,
} from './diff-sections.ts';
import { whyItMatters } from './diff-why.ts';
import { code, codeCell, folded, table, words } from './markdown-words.ts';

/** What matters least is folded away. */
const FOLDED: ReadonlySet<string> = new Set(['behaviour', 'detail', 'timing']);

/** A diff for a pull request: what matters open, the rest folded. */
export const diffMarkdown: DiffReporter = (diff, { before, after, ...looked }) => {
  const sections = sectionsOf(diff).map(({ weight, title, groups }) => {
    const differences = groups.flatMap((group) => group.differences);
    const inside = table(
      ['', 'Where', 'What'],
      differences.map((difference) => rowOf(difference, diff.findings)),
    );
    return FOLDED.has(weight)
      ? folded(`${title} (${differences.length})`, inside)
      : `#### ${title}\n\n${inside}`;
  });
  const settings = settingsLine(diff);
  const still = diff.findings.still.map(({ rule }) => code(rule));
  return `${[
    `### ${code(before)} → ${code(after)}: ${countTitle(diff, looked)}`,
    ...(settings === undefined ? [] : [words(settings)]),
    ...spokenHosts(diff).map(
      ({ name, origins }) => `${code(name)} is ${origins.map(code).join(', then ')}.`,
    ),
    ...sections,
    ...(still.length > 0 ? [`Still there: ${still.join(', ')}`] : []),
  ].join('\n\n')}\n`;
};

const MARKS = { added: '➕', removed: '➖', changed: '✏️' } as const;

function rowOf(difference: Difference, findings: FindingChanges): readonly string[] {
  const why = whyItMatters(difference, findings);
  const places = furtherPlaces(difference).length;
  const also = places > 0 ? ` (also in ${places} more)` : '';
  const reason = why === undefined ? '' : `<br>${words(why)}`;
  const place = placeTitle(difference.where);
  return [
    MARKS[difference.change],
    place === '' ? 'the run' : codeCell(place),
    `${words(difference.text)}${also}${reason}`,
  ];
}
