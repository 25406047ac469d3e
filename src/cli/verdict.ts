import type { ReportSubject } from '../report/reporter.ts';
import { type Cause, findCause } from '../rules/cause.ts';
import { type Judgement, judge } from '../rules/judge.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import type { Trace } from '../trace/schema.ts';
import { pathBelow } from './destination.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Expectation } from './expectations.ts';
import type { Io } from './io.ts';
import { requireRule } from './known-rule.ts';

/** How a command was asked to judge. */
export interface JudgingOptions {
  readonly failOn: Severity | 'never';
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly expect?: string;
  /** With one, `ignore` may name what is compared too. */
  readonly baseline?: string;
}

/** A judgement as the user wants it. */
export interface Verdict {
  readonly judgement: Judgement;
  /** Why the flow broke: told by any rule, also one that is not shown. */
  readonly cause: Cause | undefined;
  /** Findings that were expected, and are not shown as findings. */
  readonly expected: readonly Finding[];
  /** Expectations of rules that were looked at, and pass now. */
  readonly stale: readonly Expectation[];
}

/** Judges traces as the user wants it. */
export type Judging = (trace: Trace) => Verdict;

/**
 * Checks what was asked before there is anything to judge.
 * @throws {UserError} for unknown rules and unreadable files.
 */
export async function prepareJudging(options: JudgingOptions, serverUrl: string): Promise<Judging> {
  const { only, ignore = [], expect, baseline } = options;
  for (const id of only ?? []) requireRule(id, '--only');
  if (baseline === undefined) for (const id of ignore) requireRule(id, '--ignore');
  const expectations = expect === undefined ? [] : await readExpected(expect, serverUrl);
  const isLookedAt = (rule: string): boolean =>
    (only?.includes(rule) ?? true) && !ignore.includes(rule);
  return (trace) => {
    const judgement = judge(trace);
    const wanted = judgement.findings.filter(({ rule }) => isLookedAt(rule.id));
    const isExpected = ({ rule }: Finding): boolean =>
      expectations.some((expectation) => expectation.rule === rule.id);
    return {
      judgement: { ...judgement, findings: wanted.filter((finding) => !isExpected(finding)) },
      cause: findCause(trace, judgement.findings),
      expected: wanted.filter(isExpected),
      stale: expectations.filter(
        ({ rule }) => isLookedAt(rule) && judgement.verdicts.get(rule)?.kind === 'pass',
      ),
    };
  };
}

async function readExpected(file: string, serverUrl: string): Promise<readonly Expectation[]> {
  const { readExpectations } = await import('./expectations.ts');
  return readExpectations(file, serverUrl);
}

/** A judged trace as reporters take it. */
export function subjectOf(trace: Trace, { judgement, cause, stale }: Verdict): ReportSubject {
  return { trace, judgement, stale, ...(cause && { cause }) };
}

/** The same with the file that holds the trace, where the user chose it and it lies below the working folder. */
export function subjectIn(file: string | undefined, subject: ReportSubject, io: Io): ReportSubject {
  const traceFile = file === undefined || file === '-' ? undefined : pathBelow(file, io);
  return { ...subject, ...(traceFile !== undefined && { traceFile }) };
}

const WEIGHT: Readonly<Record<Severity, number>> = { info: 1, warning: 2, error: 3 };

/** The exit code of a judged trace, whatever became of its flow. */
export function findingsCode({ judgement, stale }: Verdict, { failOn }: JudgingOptions): ExitCode {
  if (failOn === 'never') return EXIT.ok;
  if (stale.length > 0) return EXIT.findings;
  const heavy = judgement.findings.some(({ severity }) => WEIGHT[severity] >= WEIGHT[failOn]);
  return heavy ? EXIT.findings : EXIT.ok;
}

/** The exit code of a run: how the flow ended comes first. */
export function runCode(trace: Trace, verdict: Verdict, options: JudgingOptions): ExitCode {
  const { outcome } = trace.sequence_summary;
  const codes: Readonly<Partial<Record<typeof outcome, ExitCode>>> = {
    interrupted: EXIT.interrupted,
    open: EXIT.open,
    failed: EXIT.incomplete,
    refused: EXIT.incomplete,
  };
  return codes[outcome] ?? findingsCode(verdict, options);
}
