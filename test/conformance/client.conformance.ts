import { describe, expect, test } from 'vitest';
import { CLIENT } from './exceptions.ts';
import { expectVerdict, titleOf, unknownIn } from './expectation.ts';
import { type NamedScenario, node, run, SUITES, scenariosOf } from './suite.ts';

const scenarios = SUITES.flatMap((suite) => scenariosOf(suite, 'client')).flatMap(atEachWire);

/** What an extension changes is the same at both eras: each is tried. */
function atEachWire(scenario: NamedScenario): readonly NamedScenario[] {
  const isNewest = scenario.suite === 'conformance-next' && scenario.name.startsWith('auth/');
  return scenario.revision === undefined && isNewest
    ? [scenario, { ...scenario, revision: '2026-07-28' }]
    : [scenario];
}

/**
 * Scenarios that measure milliseconds, and so have the machine for themselves. Where it is busy all the
 * same a run comes late; a client that does not keep the time is off in each of them.
 */
const MEASURED: ReadonlySet<string> = new Set(['sse-retry']);
const ATTEMPTS = { retry: 9 };

const command = ['--command', `${node()} test/conformance/client.js`];

async function passes(scenario: NamedScenario): Promise<void> {
  const forced = scenario.suite === 'conformance-next' ? ['--force'] : [];
  expectVerdict(scenario, await run(scenario, [...command, ...forced]), CLIENT);
}

describe('our command line as the client', () => {
  test('every exception names a scenario', () => {
    expect(unknownIn(CLIENT, scenarios)).toEqual([]);
  });

  for (const scenario of scenarios) {
    if (MEASURED.has(scenario.name)) test(titleOf(scenario), ATTEMPTS, () => passes(scenario));
    else test.concurrent(titleOf(scenario), () => passes(scenario));
  }
});
