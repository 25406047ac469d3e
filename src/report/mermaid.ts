import { viewTrace } from '../trace/view.ts';
import { type Arrow, type Sequence, sequenceOf } from './lanes.ts';
import { isSameStep, messagesOf } from './messages.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';
import { cutText, visibleLine } from './visible.ts';

/** A Mermaid sequence diagram: lanes, arrows there and back, findings as notes. */
export const mermaid: Reporter = ({ trace, judgement }, options) => {
  const sequence = sequenceOf(viewTrace(trace), isAsked(options));
  return mermaidText(sequence, notesOf(judgement.findings));
};

/** Notes by the id of the exchange they belong to. */
export type Notes = ReadonlyMap<number, readonly string[]>;

/** The findings of each exchange, at their first evidence: `error: asm-issuer-mismatch`. */
export function notesOf(
  findings: readonly {
    readonly rule: { readonly id: string };
    readonly severity: string;
    readonly evidence: readonly { readonly exchange: number }[];
  }[],
): Notes {
  const notes = new Map<number, string[]>();
  for (const { rule, severity, evidence } of findings) {
    const [first] = evidence;
    if (!first) continue;
    const note = `${severity}: ${rule.id}`;
    const known = notes.get(first.exchange);
    if (known) known.push(note);
    else notes.set(first.exchange, [note]);
  }
  return notes;
}

/** @param most arrows that are drawn; what is left out is said in a last note */
export function mermaidText(
  { lanes, arrows }: Sequence,
  notes: Notes,
  most = Number.POSITIVE_INFINITY,
): string {
  const drawn = arrows.slice(0, most);
  const span = `${lanes[0]?.id ?? 'client'},${lanes.at(-1)?.id ?? 'server'}`;
  const left = arrows.length - drawn.length;
  return `${[
    'sequenceDiagram',
    ...lanes.map(({ id, title }) => `  participant ${id} as ${mermaidWords(title)}`),
    ...messagesOf(drawn).flatMap((message, index, messages) =>
      message.way === 'there'
        ? [
            ...(isSameStep(messages[index - 1], message)
              ? []
              : [`  Note over ${span}: ${mermaidWords(message.arrow.exchange.step)}`]),
            requestLine(message.arrow),
          ]
        : [...responseLines(message.arrow), ...noteLines(message.arrow, notes)],
    ),
    ...(left > 0 ? [`  Note over ${span}: and ${left} more`] : []),
  ].join('\n')}\n`;
}

function requestLine({ exchange, from, to, request }: Arrow): string {
  return `  ${from}->>${to}: ${mermaidWords(`${exchange.id} ${request}`)}`;
}

function responseLines({ from, to, response, ending }: Arrow): readonly string[] {
  const back = ending === 'failure' ? '--x' : '-->>';
  return ending === 'unseen' ? [] : [`  ${to}${back}${from}: ${mermaidWords(response)}`];
}

function noteLines({ exchange, from, to }: Arrow, notes: Notes): readonly string[] {
  return (notes.get(exchange.id) ?? []).map(
    (note) => `  Note over ${from},${to}: ${mermaidWords(note)}`,
  );
}

const LONGEST_WORDS = 100;

/**
 * Text that Mermaid shows as it is. Everything that could end the statement, start another, a comment
 * or markup is written as a character code.
 */
export function mermaidWords(text: string): string {
  return cutText(visibleLine(text), LONGEST_WORDS).replace(
    /[^A-Za-z0-9 ./_,()'-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
