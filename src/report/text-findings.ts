import type { ChalkInstance } from 'chalk';
import type { Cause } from '../rules/cause.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import type { View } from '../trace/view.ts';
import { padded, widthOf, wrapped } from './layout.ts';
import { SEVERITY_LOOKS } from './paint.ts';
import { printable } from './printable.ts';
import { ACTORS } from './words.ts';

/** What a group needs to be laid out. */
export interface FindingLayout {
  readonly paint: ChalkInstance;
  readonly width: number;
  readonly view: View;
}

/** A section for each who has to act, with all there is to know of the findings. */
export function findingSections(
  findings: readonly Finding[],
  layout: FindingLayout,
): readonly (readonly string[])[] {
  return Object.entries(ACTORS).flatMap(([fault, actor]) => {
    const group = findings.filter((finding) => finding.fault === fault);
    const head = layout.paint.bold(`For ${actor}`);
    return group.length === 0
      ? []
      : [[head, ...group.flatMap((finding) => ['', ...findingLines(finding, layout)])]];
  });
}

/** What broke the flow, told before anything else. */
export function causeLines(cause: Cause, layout: FindingLayout): readonly string[] {
  const { paint, view } = layout;
  const head = `${paint.bold('Cause')} ${paint.dim(`at ${printable(cause.step)}, for ${ACTORS[cause.fault]}`)}`;
  if (cause.finding) return [head, '', ...findingLines(cause.finding, layout)];
  const place = view.exchange(cause.exchange) ? `exchange ${cause.exchange}` : '';
  return [
    head,
    '',
    ...headLines('error', 'cause', 'the flow broke', place, layout),
    ...seenLines(cause.message, layout),
    ...paragraph('Fix', printable(cause.fix), layout),
  ];
}

/** One finding: its weight and name, what was seen and expected, the fix, the clients it breaks, the section. */
function findingLines(finding: Finding, layout: FindingLayout): readonly string[] {
  const { rule, severity, message, fix } = finding;
  return [
    ...headLines(
      severity,
      SEVERITY_LOOKS[severity].word,
      rule.id,
      placesOf(finding, layout.view),
      layout,
    ),
    ...seenLines(message, layout),
    ...paragraph('Rule', rule.requires, layout),
    ...paragraph('Fix', printable(fix), layout),
    ...(rule.affected ? paragraph('Breaks', affectedOf(rule.affected), layout) : []),
    ...rule.spec.flatMap(({ title, url }, index) => [
      ...paragraph(index === 0 ? 'Spec' : '', title, layout),
      // A link has to stay whole to be opened.
      `${' '.repeat(LABEL_WIDTH)}${layout.paint.dim(url)}`,
    ]),
  ];
}

/** `✗ error    asm-issuer-mismatch                exchange 3` */
function headLines(
  severity: Severity,
  word: string,
  name: string,
  place: string,
  layout: FindingLayout,
): readonly string[] {
  const { paint } = layout;
  const { mark, color } = SEVERITY_LOOKS[severity];
  const label = padded(`${mark} ${word}`, LABEL_WIDTH);
  const gap = proseWidth(layout) - LABEL_WIDTH - widthOf(name) - widthOf(place);
  const head = `${color(paint)(label)}${paint.bold(name)}`;
  return gap >= 2
    ? [`${head}${' '.repeat(gap)}${paint.dim(place)}`.trimEnd()]
    : [head, `${' '.repeat(LABEL_WIDTH)}${paint.dim(place)}`];
}

const LABEL_WIDTH = 12;

/** Longer lines are hard to read. */
function proseWidth({ width }: FindingLayout): number {
  return Math.min(width, 100);
}

/** What was seen and what was expected, apart where the message has one of each and each stands by itself. */
function seenLines(message: string, layout: FindingLayout): readonly string[] {
  const [seen = '', expected, ...more] = message.split(', expected ');
  return expected === undefined || more.length > 0 || LEANING.test(expected)
    ? paragraph('Seen', printable(message), layout)
    : [
        ...paragraph('Seen', printable(seen), layout),
        ...paragraph('Expected', printable(expected), layout),
      ];
}

/** Words that mean something only after what was seen. */
const LEANING = /^(?:it|one|them|that|this|another|otherwise)\b/;

function paragraph(label: string, text: string, layout: FindingLayout): readonly string[] {
  const [first = '', ...others] = wrapped(text, proseWidth(layout) - LABEL_WIDTH);
  return [
    layout.paint.dim(padded(`  ${label}`, LABEL_WIDTH)) + first,
    ...others.map((line) => ' '.repeat(LABEL_WIDTH) + line),
  ];
}

/** The exchanges a finding points at: `exchanges 3, 10`. */
function placesOf({ evidence }: Finding, view: View): string {
  const ids = [...new Set(evidence.map(({ exchange }) => exchange))].filter((id) =>
    view.exchange(id),
  );
  if (ids.length === 0) return '';
  const shown = ids.slice(0, 4).join(', ') + (ids.length > 4 ? ', …' : '');
  return `exchange${ids.length === 1 ? '' : 's'} ${shown}`;
}

const CONFIDENCE: Readonly<Record<NonNullable<Finding['rule']['affected']>['confidence'], string>> =
  {
    confirmed: 'confirmed',
    reported: 'as reported',
    single: 'one report',
  };

function affectedOf({ clients, confidence }: NonNullable<Finding['rule']['affected']>): string {
  return `${clients.join(', ')} (${CONFIDENCE[confidence]})`;
}
