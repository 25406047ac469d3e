/** Scenarios of the official suite that do not pass, each with its reason. */
import type { NamedScenario, Suite } from './suite.ts';

/** A reason and the scenarios it holds for; `scenario#check` for one check of a scenario. */
export interface Exception {
  readonly reason: string;
  /** One of the suites, where the other passes. */
  readonly suite?: Suite;
  readonly scenarios: readonly string[];
}

/** Our command line as a client. */
export const CLIENT: readonly Exception[] = [
  {
    reason: 'Skills are files for a host to load; this client loads none.',
    scenarios: [
      'sep-2640-client-no-prefetch',
      'sep-2640-client-verify-digest',
      'sep-2640-client-verify-frontmatter',
      'sep-2640-client-verify-size',
    ],
  },
];

/** The reference server, with the tools, resources and prompts that the suite names. */
export const SERVER: readonly Exception[] = [
  {
    reason: 'Tasks are an extension that the SDK behind the door does not have.',
    scenarios: [
      'tasks-capability-negotiation',
      'tasks-dispatch-and-envelope',
      'tasks-lifecycle',
      'tasks-mrtr-composition',
      'tasks-mrtr-input',
      'tasks-request-headers',
      'tasks-request-state-removal',
      'tasks-required-task-error',
      'tasks-status-notifications',
      'tasks-wire-fields',
    ],
  },
  {
    reason:
      'The released suite asks as a client of 2025-03-26 for what came with 2025-11-25: an event that opens the stream.',
    suite: 'conformance-released',
    scenarios: [
      'server-sse-polling#server-sse-priming-event',
      'server-sse-polling#server-sse-retry-field',
    ],
  },
];

/** What does not pass of a scenario, as the list has it: `all` of it, or some of its checks. */
export function exceptionFor(
  { name, suite }: NamedScenario,
  exceptions: readonly Exception[],
): 'all' | readonly string[] {
  const listed = exceptions
    .filter((exception) => exception.suite === undefined || exception.suite === suite)
    .flatMap(({ scenarios }) => scenarios);
  if (listed.includes(name)) return 'all';
  const checks = listed.filter((entry) => entry.startsWith(`${name}#`));
  return checks.map((entry) => entry.slice(name.length + 1)).sort();
}
