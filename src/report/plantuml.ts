import { viewTrace } from '../trace/view.ts';
import { type Arrow, sequenceOf } from './lanes.ts';
import { notesOf } from './mermaid.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';
import { cutText, visibleLine } from './visible.ts';

/** A PlantUML sequence diagram: lanes, arrows there and back, findings as notes. */
export const plantuml: Reporter = ({ trace, judgement }, options) => {
  const { lanes, arrows } = sequenceOf(viewTrace(trace), isAsked(options));
  const notes = notesOf(judgement.findings);
  return `${[
    '@startuml',
    'hide footbox',
    ...lanes.map(
      ({ id, title }) =>
        `${id === 'browser' ? 'actor' : 'participant'} "${plantumlWords(title)}" as ${id}`,
    ),
    ...arrows.flatMap((arrow, index) => [
      ...(arrow.exchange.step === arrows[index - 1]?.exchange.step
        ? []
        : [`== ${plantumlWords(arrow.exchange.step)} ==`]),
      ...arrowLines(arrow),
      ...(notes.get(arrow.exchange.id) ?? []).map(
        (note) => `note over ${arrow.to} : ${plantumlWords(note)}`,
      ),
    ]),
    '@enduml',
  ].join('\n')}\n`;
};

function arrowLines({ exchange, from, to, request, response, ending }: Arrow): readonly string[] {
  const back = ending === 'failure' ? '-->x' : '-->';
  return [
    `${from} -> ${to} : ${plantumlWords(`${exchange.id} ${request}`)}`,
    ...(ending === 'unseen' ? [] : [`${to} ${back} ${from} : ${plantumlWords(response)}`]),
  ];
}

const LONGEST_WORDS = 100;

/**
 * Text that PlantUML shows as it is. Markup, links, includes and calls of its preprocessor all need
 * characters that are written here as code points; doubled punctuation is markup too.
 */
export function plantumlWords(text: string): string {
  return cutText(visibleLine(text), LONGEST_WORDS)
    .replace(/([./_,()-])\1+|[^A-Za-z0-9 ./_,()-]/gu, (marks) => [...marks].map(codePoint).join(''))
    .replace(/^ | $/g, codePoint);
}

function codePoint(character: string): string {
  const code = character.codePointAt(0)?.toString(16).toUpperCase() ?? '';
  return `<U+${code.padStart(4, '0')}>`;
}
