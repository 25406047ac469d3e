import { expect } from 'vitest';
import { type Exception, exceptionFor } from './exceptions.ts';
import type { NamedScenario, Verdict } from './suite.ts';

/** Holds a verdict against the list of exceptions: it must be exactly what the list says. */
export function expectVerdict(
  scenario: NamedScenario,
  { problems, output }: Verdict,
  exceptions: readonly Exception[],
): void {
  const known = exceptionFor(scenario, exceptions);
  if (known === 'all')
    return void expect(problems, `${scenario.name} passes: take it off the list`).not.toEqual([]);
  expect([...problems].sort(), output).toEqual(known);
}

/** What a test of a scenario is called. */
export function titleOf({ suite, name, revision = 'as the suite chooses' }: NamedScenario): string {
  return `${suite}: ${name}, ${revision}`;
}

/** Exceptions that name no scenario of the suite. */
export function unknownIn(
  exceptions: readonly Exception[],
  scenarios: readonly NamedScenario[],
): readonly string[] {
  const names = new Set(scenarios.map(({ name }) => name));
  const entries = exceptions.flatMap((exception) => exception.scenarios);
  return entries.filter((entry) => !names.has(entry.split('#')[0] ?? ''));
}
