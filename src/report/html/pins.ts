/** Pins: a mark at every exchange that shows a finding or the cause, linked to where that is told. */
import type { Cause } from '../../rules/cause.ts';
import type { Finding, Severity } from '../../rules/rule.ts';
import { counted } from '../layout.ts';
import { SEVERITY_WORDS } from '../words.ts';
import { type Content, markup } from './markup.ts';

/** What is told elsewhere of an exchange. */
export interface Pin {
  readonly severity: Severity;
  /** The rule's id, or `the cause` where no rule tells it. */
  readonly name: string;
  /** The id of the element that tells it. */
  readonly anchor: string;
  /** JSON pointers into the exchange. */
  readonly pointers: readonly string[];
  /** False where another exchange shows it first. */
  readonly isFirst: boolean;
}

/** Pins by the exchanges they stand at, the heaviest first. */
export type Pins = ReadonlyMap<number, readonly Pin[]>;

/** Where a cause is told that no rule tells. */
export const CAUSE_ANCHOR = 'cause';

/** The id of the element that tells a finding. */
export function anchorOf({ rule }: Finding): string {
  return `finding-${rule.id}`;
}

/** Sorts findings, and a cause that is none of them, to the exchanges that show them. */
export function pinFindings(findings: readonly Finding[], cause: Cause | undefined): Pins {
  const pins = new Map<number, Pin[]>();
  const pin = (exchange: number, one: Pin): void => {
    const known = pins.get(exchange);
    if (known) known.push(one);
    else pins.set(exchange, [one]);
  };
  if (cause && !cause.finding && cause.exchange !== undefined)
    pin(cause.exchange, {
      severity: 'error',
      name: 'the cause',
      anchor: CAUSE_ANCHOR,
      pointers: [],
      isFirst: true,
    });
  for (const finding of findings)
    for (const exchange of exchangesOf(finding)) pin(exchange, pinOf(finding, exchange));
  return pins;
}

/** The exchanges that show a finding, the most telling first. */
export function exchangesOf({ evidence }: Finding): readonly number[] {
  return [...new Set(evidence.map(({ exchange }) => exchange))];
}

function pinOf(finding: Finding, exchange: number): Pin {
  const { severity, rule, evidence } = finding;
  return {
    severity,
    name: rule.id,
    anchor: anchorOf(finding),
    pointers: evidence.filter((one) => one.exchange === exchange).map(({ pointer }) => pointer),
    isFirst: evidence[0]?.exchange === exchange,
  };
}

/** The mark of the heaviest pins, how many if more than one; hollow where all of these are shown elsewhere first. */
export function pinMark(pins: readonly Pin[] = []): Content {
  const [heaviest] = pins;
  if (!heaviest) return undefined;
  const { mark, word } = SEVERITY_WORDS[heaviest.severity];
  const alike = pins.filter(({ severity }) => severity === heaviest.severity);
  const kind = alike.some(({ isFirst }) => isFirst) ? '' : ' further';
  const names = pins.map(({ name }) => name).join(', ');
  return markup`<span class="pin ${heaviest.severity}${kind}" title="${names}"><span aria-hidden="true">${mark}${alike.length > 1 && ` ${alike.length}`}</span><span class="unseen-text">${word}: ${names}</span></span> `;
}

/** The pins of one exchange as links to where they are told. */
export function pinList(pins: readonly Pin[] = []): Content {
  return (
    pins.length > 0 &&
    markup`<ul class="pinned">${pins.map(
      ({ severity, name, anchor, pointers, isFirst }) =>
        markup`<li>${severityMarkup(severity)} <a href="#${anchor}">${name}</a>${!isFirst && ' is seen here too'}${pointers.map((pointer) => pointer !== '' && markup` <code>${pointer}</code>`)}</li>`,
    )}</ul>`
  );
}

/** `✗ error`, in its colour. */
export function severityMarkup(severity: Severity): Content {
  const { mark, word } = SEVERITY_WORDS[severity];
  return markup`<span class="severity ${severity}">${mark} ${word}</span>`;
}

/** `✗ 2 errors` and `! 1 warning`, each a link to the first of them. */
export function tallyMarkup(findings: readonly Finding[]): Content {
  return (['error', 'warning'] as const).map((severity) => {
    const found = findings.filter((finding) => finding.severity === severity);
    const [first] = found;
    const { mark, word } = SEVERITY_WORDS[severity];
    return (
      first &&
      markup` <a class="tally ${severity}" href="#${anchorOf(first)}">${mark} ${counted(found.length, word)}</a>`
    );
  });
}
