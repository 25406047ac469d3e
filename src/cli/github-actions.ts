import { appendFileSync } from 'node:fs';
import { baselineLine } from '../report/baseline-words.ts';
import { untoldEnding } from '../report/ending.ts';
import type { ReportSubject } from '../report/reporter.ts';
import { visibleLine } from '../report/visible.ts';
import { dutyOf, staleWords } from '../report/words.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import type { Io } from './io.ts';
import { render } from './rendering.ts';

/** A step summary may hold 1 MiB; a longer one is dropped as a whole. */
const LONGEST_SUMMARY = 1_000_000;

/** Whether this runs as a step of a workflow. */
function isInActions({ env }: Io): boolean {
  return env.GITHUB_ACTIONS === 'true';
}

/**
 * In GitHub Actions: an annotation for what ended the run, for each finding and for what is worse, and the
 * report in the step's summary.
 */
export async function tellActions(subject: ReportSubject, io: Io): Promise<void> {
  if (!isInActions(io)) return;
  for (const line of annotationsOf(subject)) io.stderr(line);
  const file = io.env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  const text = await render('markdown', subject, { color: false, width: 100 });
  const summary =
    Buffer.byteLength(text) <= LONGEST_SUMMARY
      ? text
      : 'The report is longer than a step summary may be: see the trace.\n';
  try {
    appendFileSync(file, summary);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    io.stderr(`The step summary cannot be written (${code ?? 'unknown'}).\n`);
  }
}

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** Everything that is annotated: what ended the run, what was found, and what it was held against. */
function annotationsOf(subject: ReportSubject): readonly string[] {
  const { judgement, baseline, stale = [] } = subject;
  const ending = untoldEnding(subject);
  return [
    ...(ending ? [toldAnnotation(ending)] : []),
    ...judgement.findings.map((finding) =>
      toldAnnotation({ ...finding, title: finding.rule.id, step: finding.rule.step }),
    ),
    ...stale.map(({ rule, reason }) => annotation('error', rule, [staleWords(reason)])),
    ...(baseline && baseline.worse.length > 0
      ? [annotation('error', 'baseline', [baselineLine(baseline)])]
      : []),
  ];
}

/** What an annotation tells, of a finding or of the end of a run. */
interface Told extends Pick<Finding, 'severity' | 'message' | 'fault' | 'fix'> {
  readonly title: string;
  readonly step: string;
}

function toldAnnotation({ title, severity, message, fault, step, fix }: Told): string {
  return annotation(COMMANDS[severity], title, [message, dutyOf(fault, step, fix)]);
}

/** Every annotation is one line: what a server said cannot begin another. */
function annotation(command: string, title: string, lines: readonly string[]): string {
  const text = escaped(lines.map(visibleLine).join('\n'));
  return `::${command} title=${property(visibleLine(title))}::${text}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property ends at a comma or a colon. */
function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * In GitHub Actions: streams in whose lines the runner sees no command, since what a server said may
 * begin a line of the narration or of the report. Elsewhere the streams as they are.
 */
export function withoutCommands(io: Io): Io {
  if (!isInActions(io)) return io;
  return {
    ...io,
    stdout: (text) => io.stdout(disarmed(text)),
    stderr: (text) => io.stderr(disarmed(text)),
  };
}

function disarmed(text: string): string {
  return text.replaceAll('##[', '# #[').replace(/^([^\S\n]*):(?=:)/gm, '$1: ');
}
