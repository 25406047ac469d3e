/** What a diff between the healthy reference server and each faulty one tells first. */
import { expect, test } from 'vitest';
import { compareTraces } from '../../src/cli/comparison.ts';
import { showingOf } from '../../src/cli/fault-showing.ts';
import type { FindingFact } from '../../src/diff/difference.ts';
import { judgedSubject } from '../../src/library/judged.ts';
import { FAULTS } from '../../src/server/faults.ts';
import { golden } from './subjects.ts';

const shown = FAULTS.filter(({ needs }) => needs !== 'probe').map(({ id, rules }) => ({
  id,
  rules,
  healthy: healthyName(id),
}));

test.each(shown)('a diff with $healthy names the planted fault first: $id', (fault) => {
  const { differences } = compareTraces(
    judgedSubject(golden(fault.healthy)),
    judgedSubject(golden(fault.id)),
  );
  const first = differences.find(({ kind }) => kind === 'finding');
  expect(fault.rules).toContain((first?.after as FindingFact | undefined)?.rule);
});

function healthyName(id: string): string {
  const { revision } = showingOf([id]);
  return revision === undefined ? 'healthy' : `healthy-${revision.id}`;
}
