/** HAR and SARIF as their published schemas want them. */
import { describe, expect, test } from 'vitest';
import { har } from '../../src/report/har.ts';
import { sarif } from '../../src/report/sarif.ts';
import { PLAIN, subjectOf } from '../report/hostile.ts';
import { edit } from '../rules/support.ts';
import { harValidator, sarifValidator } from './schemas.ts';
import { asRecorded, GOLDEN, golden, HOSTILE, THREE } from './subjects.ts';

const FORMATS = [
  { format: 'HAR', report: har, validate: harValidator() },
  { format: 'SARIF', report: sarif, validate: sarifValidator() },
];

describe.each(FORMATS)('$format', ({ report, validate }) => {
  const wrongs = (trace: ReturnType<typeof golden>): readonly string[] =>
    validate(JSON.parse(report(subjectOf(trace), PLAIN)));

  test.each([...THREE, ...HOSTILE].map(asRecorded))(
    'of a trace fits its schema: $name',
    ({ trace }) => {
      expect(wrongs(trace)).toEqual([]);
    },
  );

  test.each(GOLDEN)('of a golden trace fits its schema: %s', (name) => {
    expect(wrongs(golden(name))).toEqual([]);
  });
});

test('the schema of HAR refuses an entry without a request', () => {
  const document = JSON.parse(har(subjectOf(golden('healthy')), PLAIN));
  delete document.log.entries[0].request;
  expect(harValidator()(document)).toContain(
    "/log/entries/0 must have required property 'request'",
  );
});

test('the schema of SARIF refuses a result without a message', () => {
  const document = JSON.parse(sarif(subjectOf(golden('asm-issuer-mismatch')), PLAIN));
  delete document.runs[0].results[0].message;
  expect(sarifValidator()(document)).toContain(
    "/runs/0/results/0 must have required property 'message'",
  );
});

test.each(['failed', 'open'] as const)(
  'SARIF of a run that %s without a finding fits its schema',
  (outcome) => {
    const { trace } = edit().failedAt('challenge', 'nobody answered', outcome);
    const document = JSON.parse(sarif(subjectOf(trace), PLAIN));
    expect(sarifValidator()(document)).toEqual([]);
    expect(document.runs[0].results).toHaveLength(1);
  },
);

test('SARIF names no evidence twice', () => {
  const [hostile] = HOSTILE.map(asRecorded);
  const document = JSON.parse(sarif(subjectOf(hostile?.trace ?? golden('healthy')), PLAIN));
  expect(sarifValidator()(document)).toEqual([]);
});
