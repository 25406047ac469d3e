import type { Cause } from '../rules/cause.ts';
import type { Finding } from '../rules/rule.ts';
import type { Exchange, Trace } from '../trace/schema.ts';
import { viewTrace } from '../trace/view.ts';
import { counted, durationText, labelled, padded, wrapped } from './layout.ts';
import { learn } from './learned.ts';
import { isAsked } from './narrow.ts';
import { describeOutcome } from './outcome.ts';
import { paintOf, SEVERITY_LOOKS } from './paint.ts';
import { printable } from './printable.ts';
import type { Reporter, ReportOptions } from './reporter.ts';
import { measureExchanges } from './text-exchange.ts';
import { causeLines, type FindingLayout, findingSections } from './text-findings.ts';
import { stepLines } from './text-steps.ts';
import { tallyLines } from './text-tally.ts';
import { besideCause } from './told-once.ts';

/** Characters of a reason that the outcome tells. */
const LONGEST_REASON = 300;

/** Narrower, columns cannot stand side by side. */
const NARROWEST = 60;

/** The report for people: what was done and learned, what broke, and who has to act. */
export const text: Reporter = ({ trace, judgement, cause }, options) => {
  const layout: FindingLayout = {
    paint: paintOf(options.color),
    width: Math.max(NARROWEST, options.width),
    view: viewTrace(trace),
  };
  const shown = new Set(trace.trace_log.filter(isAsked(options)));
  const isWhole = options.step === undefined && options.exchange === undefined;
  const ids = new Set([...shown].map(({ id }) => id));
  const findings = judgement.findings.filter((finding) => isWhole || touches(finding, ids));
  const others = findings.filter((finding) => !isWhole || finding !== cause?.finding);
  const told = isWhole ? besideCause(trace, cause) : trace;
  const steps = stepSection(told, shown, marksOf(findings, cause, layout), layout, options);
  const sections = isWhole
    ? [
        titleLines(trace, layout),
        steps,
        learnedLines(layout),
        outcomeLines(told, layout),
        ...(cause ? [causeLines(cause, layout)] : []),
        ...findingSections(others, layout),
        tallyLines(judgement, cause, layout),
      ]
    : [steps, ...findingSections(others, layout)];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

function touches({ evidence }: Finding, ids: ReadonlySet<number>): boolean {
  return evidence.some(({ exchange }) => ids.has(exchange));
}

function titleLines({ metadata }: Trace, { paint, width }: FindingLayout): readonly string[] {
  const { server_url, timestamp, client, total_requests, duration_ms } = metadata;
  const about = [
    timestamp.replace(/^(\S+)T(\d\d:\d\d:\d\d)\S*Z$/, '$1 $2 UTC'),
    `client ${client}`,
    `${counted(total_requests, 'request')} in ${durationText(duration_ms)}`,
    ...(metadata.insecure ? ['certificates were NOT verified'] : []),
  ];
  return [
    paint.bold(printable(server_url)),
    ...wrapped(printable(about.join(', ')), width).map((line) => paint.dim(line)),
  ];
}

function stepSection(
  trace: Trace,
  shown: ReadonlySet<Exchange>,
  marks: ReadonlyMap<number, string>,
  { paint, width }: FindingLayout,
  { headers = false, bodies = false }: ReportOptions,
): readonly string[] {
  return stepLines(trace, shown, {
    paint,
    width,
    headers,
    bodies,
    ...measureExchanges([...shown], trace),
    markOf: (id) => marks.get(id) ?? ' ',
  });
}

/** The mark of the heaviest finding at each exchange, findings coming heaviest first; the cause weighs most. */
function marksOf(
  findings: readonly Finding[],
  cause: Cause | undefined,
  { paint }: FindingLayout,
): ReadonlyMap<number, string> {
  const marks = new Map<number, string>();
  const { error } = SEVERITY_LOOKS;
  if (cause && !cause.finding && cause.exchange !== undefined)
    marks.set(cause.exchange, error.color(paint)(error.mark));
  for (const { evidence, severity } of findings) {
    const { mark, color } = SEVERITY_LOOKS[severity];
    const { exchange } = evidence[0] ?? {};
    if (exchange !== undefined && !marks.has(exchange)) marks.set(exchange, color(paint)(mark));
  }
  return marks;
}

function learnedLines({ paint, view, width }: FindingLayout): readonly string[] {
  const facts = learn(view);
  const label = facts.reduce((most, { name }) => Math.max(most, name.length), 0) + 2;
  return facts.flatMap(({ name, value }) =>
    labelled(padded(name, label), wrapped(printable(value), width - label)).map((line) =>
      line.startsWith(name) ? paint.dim(name) + line.slice(name.length) : line,
    ),
  );
}

function outcomeLines(trace: Trace, { paint, width }: FindingLayout): readonly string[] {
  const { outcome } = trace.sequence_summary;
  const color = OUTCOME_COLORS[outcome](paint);
  return wrapped(printable(describeOutcome(trace), LONGEST_REASON), width).map((line) =>
    color(line),
  );
}

const OUTCOME_COLORS: Readonly<
  Record<
    Trace['sequence_summary']['outcome'],
    (paint: FindingLayout['paint']) => (line: string) => string
  >
> = {
  completed: ({ green }) => green,
  failed: ({ red }) => red,
  refused: ({ red }) => red,
  open: ({ yellow }) => yellow,
  interrupted: ({ yellow }) => yellow,
};
