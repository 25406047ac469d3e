import { isObject, messagesOf } from '../trace/body.ts';
import type { Exchange, StepRecord, Trace } from '../trace/schema.ts';
import { type View, viewTrace } from '../trace/view.ts';
import { explainFailure } from './cause-explanation.ts';
import { EXPLAINING_RULES, FEEDING_RULES } from './cause-rules.ts';
import { entryOf, plainText } from './evidence.ts';
import type { Fault, Finding } from './rule.ts';

/** The one explanation of why a flow did not complete, to be told before anything else. */
export interface Cause {
  /** The step that failed. */
  readonly step: string;
  /** What was seen, then what was expected. */
  readonly message: string;
  readonly fault: Fault;
  readonly fix: string;
  /** Id of the exchange that shows it; undefined where nothing was sent. */
  readonly exchange: number | undefined;
  /** The finding that explains the failure, where one does. */
  readonly finding: Finding | undefined;
}

/** Why the flow of a trace broke; undefined for one that completed, found an open server or was interrupted. */
export function findCause(trace: Trace, findings: readonly Finding[]): Cause | undefined {
  const { outcome, failed_step: step, reason } = trace.sequence_summary;
  if ((outcome !== 'failed' && outcome !== 'refused') || step === null) return undefined;
  const view = viewTrace(trace);
  const record = view.steps(step).findLast((one) => one.outcome === outcome);
  const seen = exchangesOf(view, record);
  const broken = failingOf(view, seen);
  const finding = broken?.failure
    ? distrustFinding(broken, findings)
    : explainingFinding(step, outcome, seen, findings);
  const { message, fault, fix } =
    finding ??
    explainFailure({ view, step, reason: reason ?? record?.reason ?? '', exchange: broken });
  const shown =
    finding?.evidence.find(({ exchange }) => seen.has(exchange)) ?? finding?.evidence[0];
  return {
    step,
    message: plainText(message),
    fault,
    fix,
    exchange: shown?.exchange ?? broken?.id,
    finding,
  };
}

function exchangesOf(view: View, record: StepRecord | undefined): ReadonlyMap<number, Exchange> {
  return new Map(
    (record?.exchanges ?? []).flatMap((id) => {
      const exchange = view.exchange(id);
      return exchange ? [[id, exchange] as const] : [];
    }),
  );
}

/** The exchange a step ended with, rather one that went wrong. */
function failingOf(view: View, seen: ReadonlyMap<number, Exchange>): Exchange | undefined {
  const all = [...seen.values()];
  const last = all.at(-1);
  // A failed callback is told by the request, whatever the listener answered.
  if (last?.channel === 'loopback') return last;
  const exchanges = all.filter((exchange) => !isAside(view, exchange));
  return exchanges.findLast(isWrong) ?? exchanges.at(-1) ?? last;
}

/** The end of a session and the offer of a stream break no flow, whatever they are answered. */
function isAside(view: View, exchange: Exchange): boolean {
  return exchange.request.method !== 'POST' && view.role(exchange) === 'mcp';
}

function isWrong({ response, failure }: Exchange): boolean {
  return (
    failure !== null ||
    (response?.status ?? 0) >= 400 ||
    messagesOf(response?.body).some(({ error }) => isObject(error))
  );
}

/** Without an answer nothing but the connection can be to blame, and of it rules judge the certificate. */
function distrustFinding({ id }: Exchange, findings: readonly Finding[]): Finding | undefined {
  return findings.find(
    ({ rule, evidence }) =>
      rule.id === 'insecure-transport' &&
      evidence.some(({ exchange, pointer }) => exchange === id && pointer === '/connection/tls'),
  );
}

/** The finding that says why this step failed. */
function explainingFinding(
  step: string,
  outcome: 'failed' | 'refused',
  seen: ReadonlyMap<number, Exchange>,
  findings: readonly Finding[],
): Finding | undefined {
  const byId = new Map(findings.map((finding) => [finding.rule.id, finding]));
  const among = (table: typeof EXPLAINING_RULES): readonly Finding[] =>
    (entryOf(table, step) ?? []).flatMap((id) => byId.get(id) ?? []);
  const touches = ({ evidence }: Finding): boolean =>
    evidence.some(({ exchange }) => seen.has(exchange));
  // Whoever stops on purpose does so over an error that stands in front of it.
  const reasons =
    outcome === 'refused' ? findings.filter(({ severity }) => severity === 'error') : [];
  return (
    among(EXPLAINING_RULES).find(touches) ??
    reasons.find(touches) ??
    among(FEEDING_RULES)[0] ??
    reasons[0]
  );
}
