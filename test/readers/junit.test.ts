/** JUnit XML as libxml2 reads it, against the schema of Ant's reports that JUNIT_XSD names. */
import { existsSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { junit } from '../../src/report/junit.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { PLAIN, subjectOf } from '../report/hostile.ts';
import { type Ending, needs, run, XMLLINT } from './programs.ts';
import { GOLDEN, golden, HOSTILE, THREE } from './subjects.ts';

const SCHEMA = process.env.JUNIT_XSD ?? '';

const lint = (input: string, ...options: readonly string[]): Promise<Ending> =>
  run(XMLLINT.path, ['--noout', '--nonet', ...options, '-'], { input });
const source = (trace: Trace): string => junit(subjectOf(trace), PLAIN);

describe('xmllint', () => {
  needs(XMLLINT);

  test.each([...THREE, ...HOSTILE])('takes it for XML: $name', async ({ trace }) => {
    expect(await lint(source(trace))).toMatchObject({ code: 0, stderr: '' });
  });

  test('refuses what is not XML', async () => {
    const text = source(golden('healthy')).replace('</testsuites>', '');
    expect(await lint(text)).not.toMatchObject({ code: 0 });
  });

  describe("with the schema of Ant's reports", () => {
    beforeEach(({ skip }) =>
      skip(!existsSync(SCHEMA), 'JUNIT_XSD names no file: get JUnit.xsd of windyroad/JUnit-Schema'),
    );
    const check = (text: string): Promise<Ending> => lint(text, '--schema', SCHEMA);

    test.each([...THREE, ...HOSTILE])('finds it right: $name', async ({ trace }) => {
      expect(await check(source(trace))).toMatchObject({ code: 0 });
    });

    test.each(GOLDEN)('finds a golden trace right: %s', async (name) => {
      expect(await check(source(golden(name)))).toMatchObject({ code: 0 });
    });

    test('refuses a suite without a name', async () => {
      const text = source(golden('healthy')).replace(/<testsuite name="[^"]*"/, '<testsuite');
      expect(await check(text)).not.toMatchObject({ code: 0 });
    });
  });
});
