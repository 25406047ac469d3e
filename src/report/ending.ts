import type { Fault } from '../rules/rule.ts';
import { nameOutcome } from './outcome.ts';
import type { ReportSubject } from './reporter.ts';

/** Why a run did not come to its end. */
export interface Ending {
  /** What stands in the place of a rule's id. */
  readonly id: 'flow-failed' | 'no-token-asked';
  readonly severity: 'error' | 'warning';
  /** `failed at token` */
  readonly title: string;
  readonly step: string;
  /** What was seen, then what was expected. */
  readonly message: string;
  readonly fault: Fault;
  readonly fix: string;
  readonly exchange: number | undefined;
}

/** Why a run did not come to its end; undefined for one that did, and for one that was interrupted. */
export function endingOf({ trace, cause }: ReportSubject): Ending | undefined {
  const { outcome, failed_step, reason } = trace.sequence_summary;
  const name = nameOutcome(trace);
  const title = name.charAt(0).toLowerCase() + name.slice(1);
  if (cause) return { id: 'flow-failed', severity: 'error', title, ...cause };
  if (outcome !== 'open') return undefined;
  return {
    id: 'no-token-asked',
    severity: 'warning',
    title,
    step: failed_step ?? 'challenge',
    message: reason ?? name,
    fault: 'mcp-server',
    fix: 'Either this server needs no token, and nothing is to be mended, or it lost its authorization: guard its endpoint again.',
    exchange: undefined,
  };
}

/** The same, where no finding that is listed tells it already. */
export function untoldEnding(subject: ReportSubject): Ending | undefined {
  const { cause, judgement } = subject;
  const isTold = judgement.findings.some(({ rule }) => rule.id === cause?.finding?.rule.id);
  return isTold ? undefined : endingOf(subject);
}
