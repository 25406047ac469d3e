/** JUnit XML as libxml2 reads it, against the published schema of Ant's reports. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { memoryPages, validateXML } from 'xmllint-wasm';
import { junit } from '../../src/report/junit.ts';
import { differenceOf } from '../report/difference.ts';
import { PAYLOADS, PLAIN, subjectOf } from '../report/hostile.ts';
import { GOLDEN, golden, HOSTILE, type Named, THREE } from './subjects.ts';

const schema = antSchema();

/** As a package ships it, with the element and the attribute by which its authors let cases be skipped since. */
function antSchema(): string {
  const { resolve } = createRequire(import.meta.url);
  const shipped = resolve('jest-junit-reporter/src/__tests__/fixtures/junit.xsd');
  return readFileSync(shipped, 'utf8')
    .replace('<xs:choice minOccurs="0">', '$&<xs:element name="skipped"/>')
    .replace('<xs:attribute name="errors"', '<xs:attribute name="skipped" type="xs:int"/>$&');
}

/** What libxml2 has against the reports, all of them in one run: to start it takes longest. */
async function wrongs(reports: readonly { readonly name: string; readonly xml: string }[]) {
  const { errors } = await validateXML({
    xml: reports.map(({ name, xml }) => ({ fileName: `${name}.xml`, contents: xml })),
    schema,
    maxMemoryPages: 256 * memoryPages.MiB,
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

const reportOf = ({ name, trace }: Named) => ({ name, xml: junit(subjectOf(trace), PLAIN) });

test('every report fits the schema', { timeout: 120_000 }, async () => {
  const goldens = GOLDEN.map((name) => ({ name, trace: golden(name) }));
  expect(await wrongs([...THREE, ...HOSTILE, ...goldens].map(reportOf))).toEqual([]);
});

test('what a run was held against fits the schema', { timeout: 120_000 }, async () => {
  const text = PAYLOADS.join('\n');
  const subject = {
    ...subjectOf(golden('healthy')),
    baseline: { name: text, worse: [differenceOf({ text })], same: false },
    stale: [{ rule: 'token-cache-control', reason: text }],
  };
  expect(await wrongs([{ name: 'held', xml: junit(subject, PLAIN) }])).toEqual([]);
});

test.each<readonly [string, string | RegExp, string]>([
  ['a suite without a name', /<testsuite name="[^"]*"/, '<testsuite'],
  ['what is not XML', '</testsuites>', ''],
])('the schema refuses %s', async (_, from, to) => {
  const { name, xml } = reportOf({ name: 'healthy', trace: golden('healthy') });
  expect(await wrongs([{ name, xml: xml.replace(from, to) }])).not.toEqual([]);
});
