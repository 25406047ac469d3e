import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describe as say } from '../../src/diff/describe.ts';
import { diff } from '../../src/diff/diff.ts';
import type { Change, Difference, FindingFact, Where } from '../../src/diff/difference.ts';
import { REVISIONS } from '../../src/spec/revisions.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { anyChange, plant } from './planting.ts';
import { draws, renameTrace } from './rename.ts';

const revisions = fc.constantFrom(...REVISIONS.map(({ id }) => id));

describe('laws of diff', () => {
  it('finds nothing between a trace and itself', () => {
    fc.assert(
      fc.property(revisions, fc.array(anyChange), (revision, changes) => {
        const trace = changes.reduce(plant, happyTrace(revision));
        expect(diff(trace, trace).differences).toEqual([]);
      }),
    );
  });

  it('finds nothing when every volatile value is drawn anew', () => {
    fc.assert(
      fc.property(revisions, draws, (revision, draw) => {
        const trace = happyTrace(revision);
        const { differences } = diff(trace, renameTrace(trace, draw));
        expect(differences.map(({ where, text }) => `${where.pointer} ${text}`)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('finds nothing between two draws of a changed trace', () => {
    fc.assert(
      fc.property(anyChange, draws, (change, draw) => {
        const trace = plant(happyTrace(), change);
        expect(diff(trace, renameTrace(trace, draw)).same).toBe(true);
      }),
    );
  });

  it('finds every planted change, also in a second draw', () => {
    fc.assert(
      fc.property(revisions, anyChange, draws, (revision, change, draw) => {
        const trace = happyTrace(revision);
        const planted = plant(trace, change);
        if (planted === trace) return;
        expect(diff(trace, planted).differences).not.toEqual([]);
        expect(diff(trace, renameTrace(planted, draw)).differences).not.toEqual([]);
      }),
      { numRuns: 250 },
    );
  });

  it('swaps its sides when its arguments are swapped', () => {
    const two = fc.constantFrom(
      edit().failedAt('token').trace,
      edit().without('login').status('list', 500).trace,
      happyTrace('2026-07-28'),
      happyTrace('2025-03-26'),
    );
    fc.assert(
      fc.property(two, fc.array(anyChange, { maxLength: 4 }), draws, (other, changes, draw) => {
        const a = changes.reduce(plant, happyTrace());
        const b = renameTrace(other, draw);
        const one = diff(a, b, { before: { findings: [x] }, after: { findings: [y] } });
        const two = diff(b, a, { before: { findings: [y] }, after: { findings: [x] } });
        expect(two.differences.map(facts)).toEqual(one.differences.map(swapped).map(facts));
        expect(two.settings).toEqual(
          one.settings.map(({ name, before, after }) => ({ name, before: after, after: before })),
        );
        expect(two.findings).toEqual({
          ...one.findings,
          appeared: one.findings.gone,
          gone: one.findings.appeared,
        });
      }),
    );
  });

  it('says of a swapped difference what the swapped comparison says', () => {
    const [one] = diff(happyTrace(), edit().status('list', 403).trace).differences;
    const [two] = diff(edit().status('list', 403).trace, happyTrace()).differences;
    expect(two?.text).toBe(say(swapped(one as Difference)));
  });
});

const x: FindingFact = { rule: 'x', severity: 'error', message: 'x is 1, expected 2' };
const y: FindingFact = { rule: 'y', severity: 'error', message: 'y is 1, expected 2' };

const SWAPPED: Readonly<Record<Change, Change>> = {
  added: 'removed',
  removed: 'added',
  changed: 'changed',
};

function swapped({ before, after, ...rest }: Difference): Difference {
  return {
    ...rest,
    change: SWAPPED[rest.change],
    where: swappedWhere(rest.where),
    also: rest.also.map(swappedWhere),
    ...(rest.statuses && {
      statuses: { before: rest.statuses.after, after: rest.statuses.before },
    }),
    ...(after !== undefined && { before: after }),
    ...(before !== undefined && { after: before }),
  };
}

function swappedWhere(where: Where): Where {
  const { before, after } = where.exchanges;
  return { ...where, exchanges: { before: after, after: before } };
}

function facts({ text: _, ...rest }: Difference): unknown {
  return rest;
}
