import { appendFileSync } from 'node:fs';
import { untoldEnding } from '../report/ending.ts';
import type { ReportSubject } from '../report/reporter.ts';
import { visibleLine } from '../report/visible.ts';
import { dutyOf } from '../report/words.ts';
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
 * In GitHub Actions: an annotation for what ended the run and for each finding, and the report in the
 * step's summary.
 */
export async function tellActions(subject: ReportSubject, io: Io): Promise<void> {
  if (!isInActions(io)) return;
  const ending = untoldEnding(subject);
  if (ending) io.stderr(annotation(ending));
  for (const finding of subject.judgement.findings)
    io.stderr(annotation({ ...finding, title: finding.rule.id, step: finding.rule.step }));
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

/** What an annotation tells, of a finding or of the end of a run. */
interface Told extends Pick<Finding, 'severity' | 'message' | 'fault' | 'fix'> {
  readonly title: string;
  readonly step: string;
}

/** Every annotation is one line: what a server said cannot begin another. */
function annotation({ title, severity, message, fault, step, fix }: Told): string {
  const text = `${visibleLine(message)}\n${visibleLine(dutyOf(fault, step, fix))}`;
  return `::${COMMANDS[severity]} title=${property(visibleLine(title))}::${escaped(text)}\n`;
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
