import type { Trace } from '../trace/schema.ts';
import { viewTrace } from '../trace/view.ts';
import type { Difference, DiffOptions, FindingFact, TraceDiff } from './difference.ts';
import { diffExchanges } from './exchange-diff.ts';
import { compareFindings, diffFindings } from './finding-diff.ts';
import { diffHosts, diffTls } from './host-diff.ts';
import { hostNames, hostRenamers, hostsOf } from './hosts.ts';
import { isAskedFor, orderDifferences } from './order.ts';
import { alignPlaces } from './place.ts';
import { diffRuns } from './run-diff.ts';
import { changedSettings } from './settings.ts';
import { prepareSide } from './side.ts';
import { diffSteps } from './step-diff.ts';
import { diffTiming } from './timing-diff.ts';

/**
 * What two runs do not share, what matters most first. Linear in the size of the traces.
 * Findings are compared when the caller passes what its judge found: see {@link DiffOptions}.
 */
export function diff(before: Trace, after: Trace, options: DiffOptions = {}): TraceDiff {
  const views = [viewTrace(before), viewTrace(after)] as const;
  const hosts = [hostsOf(views[0]), hostsOf(views[1])] as const;
  const renamers = hostRenamers(...hosts);
  const a = prepareSide(views[0], renamers.before);
  const b = prepareSide(views[1], renamers.after);
  const pairs = alignPlaces(a.placed, b.placed);
  const isWanted = ({ rule, step }: FindingFact): boolean =>
    isAskedFor({ step: step ?? null, pointer: `/findings/${rule}` }, options);
  const earlier = (options.before?.findings ?? []).filter(isWanted);
  const findings = compareFindings(earlier, (options.after?.findings ?? []).filter(isWanted));
  const steps = diffSteps(a, b);
  const all: readonly Difference[] = [
    ...diffRuns(a, b, options),
    ...diffFindings(findings, earlier, a, b),
    ...diffHosts(...hosts),
    ...steps,
    ...diffExchanges(pairs, a, b, new Set(steps.map(({ where }) => where.step))),
    ...diffTls(a, b),
    ...(options.timing ? diffTiming(pairs) : []),
  ];
  const differences = orderDifferences(all, options);
  return {
    same: differences.length === 0,
    settings: changedSettings(a, b, options),
    hosts: hostNames(...hosts),
    differences,
    findings,
  };
}
