import type { Exchange, Trace } from '../trace/schema.ts';
import { viewTrace } from '../trace/view.ts';
import { worseList } from './baseline-words.ts';
import { endingOf } from './ending.ts';
import { type MessageParts, requestText, responseText } from './http-text.ts';
import { type Arrow, sequenceOf } from './lanes.ts';
import { counted, durationText } from './layout.ts';
import { code, codeCell, fenced, folded, table, words } from './markdown-words.ts';
import { mermaidText, notesOf } from './mermaid.ts';
import { isAsked } from './narrow.ts';
import { nameOutcome } from './outcome.ts';
import type { Reporter, ReportOptions, ReportSubject } from './reporter.ts';
import { besideCause } from './told-once.ts';
import { ACTORS } from './words.ts';

/** Arrows of the diagram and folded exchanges: forges refuse longer documents. */
const MOST_ARROWS = 40;
const MOST_EXCHANGES = 60;
const MOST_WORSE = 30;
const LONGEST_BODY = 2000;

/** Markdown for issues and pull requests: what happened first, the evidence folded. */
export const markdown: Reporter = (subject, options) => {
  const { trace, judgement, cause } = subject;
  const told = besideCause(trace, cause);
  const sequence = sequenceOf(viewTrace(trace), isAsked(options));
  const diagram = mermaidText(sequence, notesOf(judgement.findings), MOST_ARROWS);
  return `${[
    `## OAuth trace: ${words(trace.sequence_summary.outcome)}`,
    ...openOf(subject),
    headOf(told),
    ...causeOf(subject),
    stepsTable(told, options),
    ...baselineOf(subject),
    ...findingsOf(subject, options),
    folded('Sequence diagram', fenced(diagram, 'mermaid')),
    folded(`Exchanges (${sequence.arrows.length})`, exchangesOf(sequence.arrows, options)),
  ].join('\n\n')}\n`;
};

function headOf({ metadata, sequence_summary: summary }: Trace): string {
  const { used, asked } = metadata.revision;
  const reason = summary.reason === null ? [] : [`Reason: ${words(summary.reason)}`];
  return [
    `${code(metadata.server_url)}, ${counted(metadata.total_requests, 'request')} in ${durationText(metadata.duration_ms)}.`,
    ...reason,
    `Client ${code(metadata.client)}, MCP ${code(used ?? asked)}, consent ${code(metadata.consent)}, recorded ${code(metadata.timestamp)} by ${code(`${metadata.tool.name} ${metadata.tool.version}`)}.`,
  ].join('\n\n');
}

/** The cause in front of everything else: whoever reads an issue reads this. */
function causeOf({ cause }: ReportSubject): readonly string[] {
  if (!cause) return [];
  const { step, message, fault, fix, exchange } = cause;
  const where = exchange === undefined ? '' : ` (exchange ${exchange})`;
  return [
    `> **The cause**, in ${codeCell(step)}${where}: ${words(message)}\n>\n> **To be mended by ${ACTORS[fault]}:** ${words(fix)}`,
  ];
}

/** That nobody asked for a token stands in front of all that looks healthy. */
function openOf(subject: ReportSubject): readonly string[] {
  const ending = subject.cause ? undefined : endingOf(subject);
  if (!ending) return [];
  return [
    `> **${words(nameOutcome(subject.trace))}**, in ${codeCell(ending.step)}.\n>\n> **To be mended by ${ACTORS[ending.fault]}:** ${words(ending.fix)}`,
  ];
}

function baselineOf({ baseline }: ReportSubject): readonly string[] {
  if (!baseline) return [];
  const { name, worse } = baseline;
  if (worse.length === 0) return [`Not worse than ${code(name)}.`];
  const items = worseList(worse, MOST_WORSE).map((item) => words(item));
  return [
    `### Worse than ${code(name)} (${worse.length})`,
    items.map((item) => `- ${item}`).join('\n'),
  ];
}

function stepsTable(trace: Trace, { step }: ReportOptions): string {
  const records = trace.sequence_summary.steps.filter(
    ({ id }) => step === undefined || id === step,
  );
  return table(
    ['Step', 'Outcome', 'Exchanges', 'ms', 'Reason'],
    records.map(({ id, outcome, exchanges, duration_ms, reason }) => [
      words(id),
      `${MARKS[outcome]} ${outcome}`,
      exchanges.join(', '),
      String(Math.round(duration_ms)),
      reason === null ? '' : words(reason),
    ]),
  );
}

const MARKS: Readonly<Record<Trace['sequence_summary']['steps'][number]['outcome'], string>> = {
  done: '✅',
  again: '🔁',
  open: '🔓',
  skipped: '⏭️',
  refused: '⛔',
  failed: '❌',
  interrupted: '⚠️',
};

function findingsOf(
  { trace, judgement, cause }: ReportSubject,
  { step }: ReportOptions,
): readonly string[] {
  const shown = judgement.findings.filter(({ rule }) => step === undefined || rule.step === step);
  if (shown.length === 0 && trace.sequence_summary.outcome === 'open')
    return ['No findings: a server that asks for no token leaves little to judge.'];
  if (shown.length === 0) return [cause ? 'No findings besides the cause.' : 'No findings.'];
  return [
    `### Findings (${shown.length})`,
    table(
      ['', 'What was seen', 'To be mended by', 'How', 'Exchanges'],
      shown.map(({ rule, severity, message, fault, fix, evidence }) => [
        `**${severity}**<br>${codeCell(rule.id)}`,
        `${words(message)}${rule.spec.map(({ title, url }) => `<br>[${words(title)}](${url})`).join('')}`,
        ACTORS[fault],
        words(fix),
        [...new Set(evidence.map(({ exchange }) => exchange))].join(', '),
      ]),
    ),
  ];
}

function exchangesOf(arrows: readonly Arrow[], options: ReportOptions): string {
  const isWhole = options.headers === undefined && options.bodies === undefined;
  const parts: MessageParts = {
    headers: isWhole || options.headers === true,
    bodies: isWhole || options.bodies === true,
    longestBody: LONGEST_BODY,
  };
  const shown = arrows.slice(0, MOST_EXCHANGES).map((arrow) => exchangeOf(arrow, parts));
  const left = arrows.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more, in the trace file`] : [])].join('\n\n');
}

function exchangeOf({ exchange, request, response }: Arrow, parts: MessageParts): string {
  const title = `${exchange.id} ${words(exchange.step)}: ${codeCell(request)} ${codeCell(response)}`;
  return folded(
    title,
    `${messageOf(requestText, exchange, parts)}\n\n${messageOf(responseText, exchange, parts)}`,
  );
}

function messageOf(
  write: (exchange: Exchange, parts: MessageParts) => string,
  exchange: Exchange,
  parts: MessageParts,
): string {
  return fenced(write(exchange, parts), 'http');
}
