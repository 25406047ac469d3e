/** One command line for the official SDKs' servers of both eras. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../src/rules/judge.ts';
import { parseTrace } from '../../src/trace/parse.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { commandLine, folder } from '../cli/command-line.ts';
import { createApplication } from './sdk-application.ts';
import { modernMcp } from './sdk-modern-server.ts';
import { sessionfulMcp } from './sdk-server.ts';
import { type LoggedServer, listenAndLog } from './server-log.ts';

interface Row {
  readonly name: string;
  readonly mcp: () => RequestHandler;
  /** The revision that each asked one leads to; undefined where the server speaks none of it. */
  readonly speaks: Readonly<Record<string, string | undefined>>;
}

const ROWS: readonly Row[] = [
  {
    name: 'the v2 SDK for the newest revision alone',
    mcp: () => modernMcp('reject'),
    speaks: { auto: '2026-07-28', '2026-07-28': '2026-07-28', '2025-11-25': undefined },
  },
  {
    name: 'the v2 SDK for both eras',
    mcp: () => modernMcp('stateless'),
    speaks: {
      auto: '2025-11-25',
      '2026-07-28': '2026-07-28',
      draft: '2026-07-28',
      '2025-11-25': '2025-11-25',
      '2025-06-18': '2025-06-18',
    },
  },
  {
    name: 'the v1 SDK with sessions',
    mcp: sessionfulMcp,
    speaks: { auto: '2025-11-25', '2025-03-26': '2025-03-26', '2026-07-28': undefined },
  },
];

describe.each(ROWS)('$name', ({ mcp, speaks }) => {
  let server: LoggedServer;
  beforeAll(async () => {
    server = await listenAndLog();
    server.use(createApplication(server.origin, mcp()));
  });
  afterAll(() => server.close());

  async function run(revision: string): Promise<{ readonly code: number; readonly trace: Trace }> {
    const cwd = folder();
    const call = ['--call', 'echo', '--args', '{"text":"hello"}'];
    const common = ['--consent', 'form', '--quiet', '--fail-on', 'never', '--save-trace', 't.json'];
    const { code } = await commandLine(
      [`${server.origin}/mcp`, '--revision', revision, ...call, ...common],
      { cwd },
    );
    return { code, trace: parseTrace(readFileSync(join(cwd, 't.json'), 'utf8'), 't.json') };
  }

  test.each(Object.entries(speaks))('asked for %s speaks %s', async (asked, used) => {
    const { code, trace } = await run(asked);
    expect({ code, used: trace.metadata.revision.used ?? undefined }).toEqual({
      code: used === undefined ? 3 : 0,
      used,
    });
  });

  test('is blamed for nothing that it does at its MCP endpoint, and neither are we', async () => {
    // Without a revision asked for, a registration is the played client's own, whatever it lacks.
    for (const revision of Object.keys(speaks).filter((asked) => asked !== 'auto')) {
      const { trace } = await run(revision);
      const { findings } = judge(trace);
      const grave = findings.filter(({ severity }) => severity === 'error');
      const told = grave.filter(({ rule }) => rule.fault === 'client' || rule.step === 'call');
      expect(told.map(({ rule, message }) => `${rule.id}: ${message}`)).toEqual([]);
    }
  });
});
