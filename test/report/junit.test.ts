import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junit } from '../../src/report/junit.ts';
import { STEP_IDS } from '../../src/trace/schema.ts';
import { edit } from '../rules/support.ts';
import { hostileText, hostileTrace, PLAIN, subjectOf } from './hostile.ts';
import { type Element, parseXml } from './strict-xml.ts';

const read = (trace = edit().trace): Element => parseXml(junit(subjectOf(trace), PLAIN));
const named = (parent: Element | undefined, name: string): readonly Element[] =>
  (parent?.children ?? []).filter((child) => child.name === name);
const suite = (root: Element, step: string): Element | undefined =>
  root.children.find(({ attributes }) => attributes.name === step);

describe('junit', () => {
  it('has a suite per step, in order', () => {
    const root = read();
    expect(root.children.map(({ attributes }) => attributes.name)).toEqual([...STEP_IDS]);
    expect(root.children.map(({ attributes }) => attributes.id)).toEqual(
      STEP_IDS.map((_, index) => String(index)),
    );
  });

  it('counts what it holds', () => {
    const root = read(edit().header('challenge', 'www-authenticate', undefined).trace);
    for (const one of root.children) {
      const cases = named(one, 'testcase');
      const count = (name: string): string =>
        String(cases.filter((each) => named(each, name).length > 0).length);
      expect(one.attributes).toMatchObject({
        tests: String(cases.length),
        failures: count('failure'),
        errors: count('error'),
        skipped: count('skipped'),
      });
    }
  });

  it('fails the case of a rule that found fault, and says how to mend it', () => {
    const root = read(edit().header('challenge', 'www-authenticate', undefined).trace);
    const cases = named(suite(root, 'challenge'), 'testcase');
    const one = cases.find(({ attributes }) => attributes.name === 'www-authenticate-missing');
    const [failure] = named(one, 'failure');
    expect(failure?.attributes.type).toBe('error');
    expect(failure?.text).toMatch(/^to be mended by: the MCP server\nstep: challenge\nfix: ./m);
  });

  it('makes an error of a step that failed', () => {
    const root = read(edit().failedAt('token', 'invalid_grant').trace);
    const [step] = named(suite(root, 'token'), 'testcase');
    expect(named(step, 'error')[0]?.attributes).toEqual({
      message: 'invalid_grant',
      type: 'failed',
    });
  });

  it('says in that error who has to act, and how', () => {
    const broken = edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge', 'no answer');
    const [step] = named(suite(read(broken.trace), 'challenge'), 'testcase');
    const [error] = named(step, 'error');
    expect(error?.text).toMatch(
      /^no answer\n.*ECONNREFUSED.*\nto be mended by: the deployment \(proxies, names, settings\)\nfix: Start the server.*\nseen in: exchange 1$/,
    );
  });

  it('says that a step was refused, and why', () => {
    const refused = edit().failedAt('server-metadata', 'issuer is another', 'refused').trace;
    const [step] = named(suite(read(refused), 'server-metadata'), 'testcase');
    expect(named(step, 'error')[0]?.attributes).toEqual({
      message: 'issuer is another',
      type: 'refused',
    });
  });

  it('fails the step at which the server asked for no token', () => {
    const { trace } = edit().failedAt('challenge', 'answered without asking for a token', 'open');
    const one = suite(read(trace), 'challenge');
    const [step] = named(one, 'testcase');
    const [failure] = named(step, 'failure');
    expect(one?.attributes).toMatchObject({ failures: '1', errors: '0' });
    expect(failure?.attributes).toEqual({
      message: 'answered without asking for a token',
      type: 'open',
    });
    expect(failure?.text).toContain('to be mended by: the MCP server');
  });

  it('makes one error of an interruption, though it ends the later steps too', () => {
    const { trace } = edit()
      .failedAt('token', 'the run was interrupted', 'interrupted')
      .step('cleanup', { outcome: 'interrupted', reason: 'the run was interrupted' });
    const root = read(trace);
    expect(root.children.map(({ attributes }) => Number(attributes.errors))).toEqual(
      STEP_IDS.map((id) => (id === 'token' ? 1 : 0)),
    );
    const [cleanup] = named(suite(root, 'cleanup'), 'testcase');
    expect(named(cleanup, 'skipped')).toHaveLength(1);
  });

  it('passes a step that did its work and sent the run back', () => {
    const trace = edit().step('call', { outcome: 'again', reason: 'more scope is needed' }).trace;
    const [step] = named(suite(read(trace), 'call'), 'testcase');
    expect(step?.children).toEqual([]);
  });

  it('says why a rule was not judged', () => {
    const [skipped] = read()
      .children.flatMap((one) => named(one, 'testcase'))
      .flatMap((one) => named(one, 'skipped'));
    expect(skipped?.attributes.message).toMatch(/^(?:not-applicable|inconclusive): ./);
  });

  it('has, in each suite, what the schema of Ant demands in its order', () => {
    for (const one of read().children) {
      const order = one.children.map(({ name }) => name).filter((name) => name !== 'testcase');
      expect(order).toEqual(['properties', 'system-out', 'system-err']);
      expect(one.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      expect(one.attributes.hostname).toBe('api.demo.test');
    }
  });

  it('stays well-formed and of one shape whatever a server says', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const root = read(hostileTrace(text));
        expect(root.name).toBe('testsuites');
        expect(root.children.every(({ name }) => name === 'testsuite')).toBe(true);
        const inside = root.children.flatMap((one) => one.children);
        const names = new Set(
          inside.flatMap((one) => [one.name, ...one.children.map(({ name }) => name)]),
        );
        for (const name of names)
          expect([
            'properties',
            'testcase',
            'system-out',
            'system-err',
            'failure',
            'error',
            'skipped',
          ]).toContain(name);
      }),
      { numRuns: 60 },
    );
  });
});
