import { describe, expect, it } from 'vitest';
import { isReportName, loadReporter, REPORT_NAMES } from '../../src/report/index.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { PLAIN, subjectOf } from './hostile.ts';

describe('the registry of reports', () => {
  it('names every report', () => {
    expect(REPORT_NAMES).toEqual([
      'text',
      'json',
      'markdown',
      'html',
      'mermaid',
      'plantuml',
      'har',
      'curl',
      'junit',
      'sarif',
      'ndjson',
    ]);
  });

  it.each(REPORT_NAMES)(
    'loads %s, which shows a whole, a broken and an empty trace',
    async (name) => {
      const reporter = await loadReporter(name);
      const empty = { ...happyTrace(), trace_log: [], secrets: [] };
      for (const trace of [happyTrace(), edit().failedAt('challenge').trace, empty])
        expect(reporter(subjectOf(trace), PLAIN)).toBeTypeOf('string');
    },
  );

  it.each(['', 'xml', 'toString', '__proto__'])('knows no report %j', async (name) => {
    expect(isReportName(name)).toBe(false);
    await expect(loadReporter(name)).rejects.toThrow(RangeError);
  });
});
