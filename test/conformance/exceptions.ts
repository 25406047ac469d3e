/** Scenarios of the official suite that do not pass, each with its reason. */

/** A reason and the scenarios it holds for; `scenario#check` for one check of a scenario. */
export interface Exception {
  readonly reason: string;
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

/** The reference server, which protects three plain tools and offers nothing else. */
export const SERVER: readonly Exception[] = [
  {
    reason:
      'The server offers three tools of its own; these want tools, or arguments, that the suite names.',
    scenarios: [
      'tools-call-audio',
      'tools-call-elicitation',
      'tools-call-embedded-resource',
      'tools-call-error',
      'tools-call-image',
      'tools-call-mixed-content',
      'tools-call-sampling',
      'tools-call-simple-text',
      'tools-call-with-logging',
      'tools-call-with-progress',
      'json-schema-2020-12',
      'elicitation-sep1034-defaults',
      'elicitation-sep1330-enums',
      'http-custom-header-server-validation',
    ],
  },
  {
    reason: 'The same: the diagnostic tools of five checks are not there; the other checks pass.',
    scenarios: [
      'server-stateless#sep-2575-http-server-no-independent-requests-on-stream',
      'server-stateless#sep-2575-missing-capability-http-400',
      'server-stateless#sep-2575-server-no-log-without-loglevel',
      'server-stateless#sep-2575-server-rejects-undeclared-capability',
      'server-stateless#sep-2575-server-sends-tools-list-changed-on-subscription',
    ],
  },
  {
    reason: 'No tool of the server asks for input.',
    scenarios: [
      'input-required-result-basic-elicitation',
      'input-required-result-basic-list-roots',
      'input-required-result-basic-sampling',
      'input-required-result-capability-check',
      'input-required-result-ignore-extra-params',
      'input-required-result-missing-input-response',
      'input-required-result-multi-round',
      'input-required-result-multiple-input-requests',
      'input-required-result-non-tool-request',
      'input-required-result-request-state',
      'input-required-result-result-type',
      'input-required-result-tampered-state',
    ],
  },
  {
    reason: 'The server offers no resources.',
    scenarios: [
      'resources-list',
      'resources-read-binary',
      'resources-read-text',
      'resources-subscribe',
      'resources-templates-read',
      'resources-unsubscribe',
      'sep-2164-resource-not-found',
      'caching',
    ],
  },
  {
    reason: 'The server offers no prompts.',
    scenarios: [
      'prompts-get-embedded-resource',
      'prompts-get-simple',
      'prompts-get-with-args',
      'prompts-get-with-image',
      'prompts-list',
    ],
  },
  {
    reason: 'The server offers neither completion nor logging.',
    scenarios: ['completion-complete', 'logging-set-level'],
  },
  {
    reason: 'The server offers no tasks.',
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
    reason: 'The streams of the server are not resumable: an answer comes whole, or not at all.',
    scenarios: ['server-sse-polling'],
  },
];

/** What does not pass of a scenario, as the list has it: `all` of it, or some of its checks. */
export function exceptionFor(
  name: string,
  exceptions: readonly Exception[],
): 'all' | readonly string[] {
  const listed = exceptions.flatMap(({ scenarios }) => scenarios);
  if (listed.includes(name)) return 'all';
  const checks = listed.filter((entry) => entry.startsWith(`${name}#`));
  return checks.map((entry) => entry.slice(name.length + 1)).sort();
}
