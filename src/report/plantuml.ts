import { viewTrace } from '../trace/view.ts';
import { type Arrow, sequenceOf } from './lanes.ts';
import { type Notes, notesOf } from './mermaid.ts';
import { isSameStep, messagesOf } from './messages.ts';
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
    ...messagesOf(arrows).flatMap((message, index, messages) =>
      message.way === 'there'
        ? [
            ...(isSameStep(messages[index - 1], message)
              ? []
              : [`== ${plantumlWords(message.arrow.exchange.step)} ==`]),
            requestLine(message.arrow),
          ]
        : [...responseLines(message.arrow), ...noteLines(message.arrow, notes)],
    ),
    '@enduml',
  ].join('\n')}\n`;
};

function requestLine({ exchange, from, to, request }: Arrow): string {
  return `${from} -> ${to} : ${plantumlWords(`${exchange.id} ${request}`)}`;
}

function responseLines({ from, to, response, ending }: Arrow): readonly string[] {
  const back = ending === 'failure' ? '-->x' : '-->';
  return ending === 'unseen' ? [] : [`${to} ${back} ${from} : ${plantumlWords(response)}`];
}

function noteLines({ exchange, to }: Arrow, notes: Notes): readonly string[] {
  return (notes.get(exchange.id) ?? []).map((note) => `note over ${to} : ${plantumlWords(note)}`);
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
