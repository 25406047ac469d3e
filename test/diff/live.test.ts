/** Runs that really took place, held against each other. */
import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import { judge } from '../../src/rules/judge.ts';
import { type ServerOptions, startServer } from '../../src/server/start.ts';
import { redact } from '../../src/trace/redact.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { runHeadlessly } from '../interop/run.ts';
import { createApplication } from '../interop/sdk-application.ts';
import { listenAndLog } from '../interop/server-log.ts';

const USER = { username: 'testuser', password: 'testpass' };

/** One run against a reference server of its own, on ports of its own. */
async function run(options: ServerOptions = {}): Promise<Trace> {
  const server = await startServer(options);
  try {
    return (await runHeadlessly(server.mcpUrl, USER)).trace;
  } finally {
    await server.close();
  }
}

/** One run against the authorization router of the v1 SDK. */
async function runSdk(): Promise<Trace> {
  const server = await listenAndLog();
  try {
    server.use(createApplication(server.origin));
    const user = { username: 'alice', password: 'secret' };
    return (await runHeadlessly(`${server.origin}/mcp`, user)).trace;
  } finally {
    await server.close();
  }
}

const lines = (before: Trace, after: Trace): readonly string[] =>
  diff(before, after).differences.map(
    ({ where, text }) => `${where.step} ${where.pointer}: ${text}`,
  );

describe('two live runs', () => {
  it.each<readonly [string, ServerOptions]>([
    ['as it is', {}],
    ['on two origins', { split: true }],
    ['with opaque tokens', { tokens: 'opaque' }],
    ['answering with event streams', { answers: 'sse' }],
  ])('against fresh reference servers differ in nothing: %s', async (_, options) => {
    expect(lines(await run(options), await run(options))).toEqual([]);
  });

  it("against the v1 SDK's server differ in nothing", async () => {
    expect(lines(await runSdk(), await runSdk())).toEqual([]);
  });

  it('differ in nothing when one of them is redacted', async () => {
    const trace = await run({ split: true });
    expect(lines(trace, redact(trace, []))).toEqual([]);
    expect(lines(redact(trace, []), redact(await run({ split: true }), []))).toEqual([]);
  });

  it.each(['www-authenticate-missing', 'asm-deprecated-grants', 'token-expires-in-missing'])(
    'tell the fault of the second server first: %s',
    async (fault) => {
      const [healthy, faulty] = [await run(), await run({ faults: [fault] })];
      const findings = (trace: Trace) =>
        judge(trace).findings.map(({ rule, severity, message }) => ({
          rule: rule.id,
          severity,
          message,
        }));
      const { differences } = diff(healthy, faulty, {
        before: { findings: findings(healthy) },
        after: { findings: findings(faulty) },
      });
      expect(differences[0]).toMatchObject({ kind: 'finding', after: { rule: fault } });
    },
  );
});
