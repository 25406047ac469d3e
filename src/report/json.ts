import type { Cause } from '../rules/cause.ts';
import type { Finding } from '../rules/rule.ts';
import { plainJson } from '../trace/plain-json.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';

/**
 * One JSON document: `trace`, `findings`, `cause`, `counts` and `not_judged`, and `baseline` for a run that
 * was held against one. It speaks the snake_case of the trace file. Narrowed to a step or an exchange, the
 * log and the findings are the ones asked for.
 */
export const json: Reporter = ({ trace, judgement, cause, baseline }, options) => {
  const trace_log = trace.trace_log.filter(isAsked(options));
  const shown = new Set(trace_log.map(({ id }) => id));
  const isWhole = shown.size === trace.trace_log.length;
  const findings = judgement.findings.filter(
    ({ evidence }) => isWhole || evidence.some(({ exchange }) => shown.has(exchange)),
  );
  const { pass, fail, inconclusive, 'not-applicable': notApplicable } = judgement.counts;
  const document = {
    cause: cause ? causeRecord(cause) : null,
    findings: findings.map(findingRecord),
    counts: {
      ...countBySeverity(findings),
      passed: pass,
      failed: fail,
      not_applicable: notApplicable,
      not_judged: inconclusive,
    },
    not_judged: [...judgement.verdicts].flatMap(([rule, verdict]) =>
      verdict.kind === 'inconclusive' ? [{ rule, why: verdict.why }] : [],
    ),
    ...(baseline && { baseline }),
    trace: { ...trace, trace_log },
  };
  return `${plainJson(document, 2)}\n`;
};

function causeRecord({ finding, exchange, ...cause }: Cause): object {
  return { ...cause, exchange: exchange ?? null, rule: finding?.rule.id ?? null };
}

function findingRecord({ rule, severity, fault, message, fix, evidence }: Finding): object {
  return {
    rule: rule.id,
    step: rule.step,
    severity,
    level: rule.level,
    fault,
    message,
    requires: rule.requires,
    why: rule.why,
    fix,
    affected: rule.affected ?? null,
    spec: rule.spec,
    evidence,
  };
}

function countBySeverity(findings: readonly Finding[]): Readonly<Record<string, number>> {
  const of = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { error: of('error'), warning: of('warning'), info: of('info') };
}
