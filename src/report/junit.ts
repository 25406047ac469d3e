import { RULES } from '../rules/index.ts';
import type { Finding, Rule, Verdict } from '../rules/rule.ts';
import { STEP_IDS } from '../trace/format.ts';
import type { StepRecord, Trace } from '../trace/schema.ts';
import { baselineLine, worseWords } from './baseline-words.ts';
import { type Ending, endingOf } from './ending.ts';
import type { Reporter, ReportSubject } from './reporter.ts';
import { ACTORS, staleWords } from './words.ts';
import { xmlElement, xmlText } from './xml.ts';

/**
 * JUnit XML as Ant wrote it first, which every reader takes: a suite per step, a case per rule, and
 * one for the step itself. Errors and warnings are failures; infos stand in the suite's output. What the
 * run was held against has suites of its own behind them.
 */
export const junit: Reporter = (subject) => {
  const { trace, judgement } = subject;
  const ending = endingOf(subject);
  const findings = new Map(judgement.findings.map((finding) => [finding.rule.id, finding]));
  const rules = rulesOf(judgement.findings);
  const steps = STEP_IDS.map(
    (step): Suite => [
      step,
      [
        ...stepCases(trace, step, ending),
        ...rules
          .filter((rule) => rule.step === step)
          .flatMap((rule) =>
            ruleCase(rule, judgement.verdicts.get(rule.id), findings.get(rule.id)),
          ),
      ],
    ],
  );
  const suites = [...steps, ...baselineSuite(subject), ...staleSuite(subject)].map(
    ([name, cases], id) => suiteOf(trace, name, id, cases),
  );
  const document = xmlElement('testsuites', {}, `\n${suites.join('\n')}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document}\n`;
};

interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failed' | 'error' | 'skipped';
  /** XML of the element that says why; empty for a pass. */
  readonly child: string;
  readonly seconds: number;
  /** What the suite's output tells of it. */
  readonly output?: string;
}

type Suite = readonly [name: string, cases: readonly Case[]];

function baselineSuite({ baseline }: ReportSubject): readonly Suite[] {
  if (!baseline) return [];
  const name = `not worse than ${baseline.name}`;
  if (baseline.worse.length === 0)
    return [['baseline', [{ name, kind: 'passed', child: '', seconds: 0 }]]];
  const message = baselineLine(baseline);
  const text = baseline.worse.map(worseWords).join('\n');
  const child = xmlElement('failure', { message, type: 'worse' }, xmlText(text));
  return [['baseline', [{ name, kind: 'failed', child, seconds: 0 }]]];
}

function staleSuite({ stale = [] }: ReportSubject): readonly Suite[] {
  if (stale.length === 0) return [];
  const cases = stale.map(({ rule, reason }): Case => {
    const message = staleWords(reason);
    const child = xmlElement('failure', { message, type: 'stale' }, xmlText(message));
    return { name: rule, kind: 'failed', child, seconds: 0 };
  });
  return [['expectations', cases]];
}

/** Every rule, and those of findings that another build made. */
function rulesOf(findings: readonly Finding[]): readonly Rule[] {
  const known = new Set(RULES.map(({ id }) => id));
  return [...RULES, ...findings.map(({ rule }) => rule).filter(({ id }) => !known.has(id))];
}

function suiteOf(trace: Trace, step: string, id: number, cases: readonly Case[]): string {
  const count = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  const output = cases.flatMap((one) => one.output ?? []).join('\n');
  return xmlElement(
    'testsuite',
    {
      name: step,
      package: 'mcp-oauth-trace',
      id,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(trace.metadata.timestamp)?.[0] ?? EPOCH,
      hostname: hostOf(trace.metadata.server_url),
      tests: cases.length,
      failures: count('failed'),
      errors: count('error'),
      skipped: count('skipped'),
      time: seconds(recordsOf(trace, step).reduce((sum, record) => sum + record.duration_ms, 0)),
    },
    [
      '<properties></properties>',
      ...cases.map((one) => testcase(step, one)),
      `<system-out>${xmlText(output)}</system-out>`,
      '<system-err></system-err>',
    ].join('\n'),
  );
}

const EPOCH = '1970-01-01T00:00:00';

function testcase(step: string, { name, child, seconds: time }: Case): string {
  return xmlElement('testcase', { name, classname: `mcp-oauth-trace.${step}`, time }, child);
}

/** What became of the step, a case per pass. */
function stepCases(trace: Trace, step: string, ending: Ending | undefined): readonly Case[] {
  return recordsOf(trace, step).map((record, index) => {
    const name = index === 0 ? 'the step' : `the step, pass ${index + 1}`;
    const isEnd = step === ending?.step && record.outcome === trace.sequence_summary.outcome;
    return {
      name,
      seconds: Number(seconds(record.duration_ms)),
      ...endOfStep(record, isEnd ? ending : undefined, isFirstInterrupted(record, trace)),
    };
  });
}

/** An interruption ends every step after it too: it is one event. */
function isFirstInterrupted(record: StepRecord, { sequence_summary: summary }: Trace): boolean {
  return record === summary.steps.find(({ outcome }) => outcome === 'interrupted');
}

function endOfStep(
  { outcome, reason }: StepRecord,
  ending: Ending | undefined,
  isFirst: boolean,
): Pick<Case, 'kind' | 'child'> {
  const message = reason ?? outcome;
  if (outcome === 'done' || outcome === 'again') return { kind: 'passed', child: '' };
  if (outcome === 'skipped' || (outcome === 'interrupted' && !isFirst))
    return { kind: 'skipped', child: xmlElement('skipped', { message }) };
  const text = ending ? endingText(message, ending) : message;
  // The step did its work: the server failed to ask.
  const [kind, element] = outcome === 'open' ? OPEN : BROKEN;
  return { kind, child: xmlElement(element, { message, type: outcome }, xmlText(text)) };
}

const OPEN = ['failed', 'failure'] as const;
const BROKEN = ['error', 'error'] as const;

function endingText(reason: string, { message, fault, fix, exchange }: Ending): string {
  return [
    reason,
    ...(message === reason ? [] : [message]),
    `to be mended by: ${ACTORS[fault]}`,
    `fix: ${fix}`,
    ...(exchange === undefined ? [] : [`seen in: exchange ${exchange}`]),
  ].join('\n');
}

function recordsOf(trace: Trace, step: string): readonly StepRecord[] {
  return trace.sequence_summary.steps.filter(({ id }) => id === step);
}

function ruleCase(
  rule: Rule,
  verdict: Verdict | undefined,
  finding: Finding | undefined,
): readonly Case[] {
  const name = rule.id;
  if (finding) return [findingCase(name, finding)];
  if (!verdict) return [];
  if (verdict.kind === 'not-applicable' || verdict.kind === 'inconclusive') {
    const message = `${verdict.kind}: ${verdict.why}`;
    return [{ name, kind: 'skipped', child: xmlElement('skipped', { message }), seconds: 0 }];
  }
  return [{ name, kind: 'passed', child: '', seconds: 0 }];
}

function findingCase(name: string, finding: Finding): Case {
  const { severity, message, fault, fix, evidence, rule } = finding;
  if (severity === 'info')
    return { name, kind: 'passed', child: '', seconds: 0, output: `info ${name}: ${message}` };
  const text = [
    message,
    `required: ${rule.requires}`,
    `to be mended by: ${ACTORS[fault]}`,
    `step: ${rule.step}`,
    `fix: ${fix}`,
    ...evidence.map(({ exchange, pointer }) => `seen in: exchange ${exchange} ${pointer}`),
    ...rule.spec.map(({ title, url }) => `${title}: ${url}`),
  ].join('\n');
  const child = xmlElement('failure', { message, type: severity }, xmlText(text));
  return { name, kind: 'failed', child, seconds: 0 };
}

function hostOf(url: string): string {
  return /^https?:\/\/([\w.:[\]-]+)/i.exec(url)?.[1] ?? 'unknown';
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
