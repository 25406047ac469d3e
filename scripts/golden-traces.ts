/** The golden traces: the healthy reference server in each revision, and each of its faults. */

import { serveClientDocument, showingOf } from '../src/cli/fault-showing.ts';
import { claudeDesktop } from '../src/clients/claude-desktop.ts';
import { form } from '../src/consent/form.ts';
import { perform } from '../src/flow/perform.ts';
import { FAULTS } from '../src/server/faults.ts';
import { startServer } from '../src/server/start.ts';
import { findRevision, REVISIONS } from '../src/spec/revisions.ts';
import { redact } from '../src/trace/redact.ts';
import { serialize } from '../src/trace/serialize.ts';

/** A run and the text of its file. */
export interface GoldenTrace {
  readonly name: string;
  readonly text: string;
}

interface Subject {
  readonly name: string;
  readonly faults: readonly string[];
  readonly revision: string | undefined;
}

/** Runs at once: more would only wait for each other. */
const AT_ONCE = 3;

const USER = { name: 'testuser', password: 'testpass' };

/** Runs them all. */
export async function goldenTraces(): Promise<readonly GoldenTrace[]> {
  const waiting = subjects();
  const done: GoldenTrace[] = [];
  const work = async (): Promise<void> => {
    for (let subject = waiting.shift(); subject; subject = waiting.shift())
      done.push({ name: subject.name, text: await runOf(subject) });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function subjects(): Subject[] {
  const healthy = [
    { name: 'healthy', faults: [], revision: undefined },
    ...REVISIONS.map(({ id }) => ({ name: `healthy-${id}`, faults: [], revision: id })),
  ];
  const shown = FAULTS.filter(({ needs }) => needs !== 'probe').map(({ id }) => ({
    name: id,
    faults: [id],
    revision: showingOf([id]).revision,
  }));
  return [...healthy, ...shown];
}

async function runOf({ faults, revision }: Subject): Promise<string> {
  const { call, byDocument } = showingOf(faults);
  const server = await startServer({
    users: [USER],
    faults,
    allowLoopbackClientMetadata: byDocument,
  });
  const document = byDocument ? await serveClientDocument() : undefined;
  try {
    const { trace, ...crashed } = await perform({
      flow: {
        url: server.mcpUrl,
        profile: claudeDesktop,
        revision: findRevision(revision ?? '') ?? 'auto',
        lenient: false,
        authorizeParameters: [],
        callback: { ...claudeDesktop.callback, port: 0 },
        consentTimeout: 60_000,
        call: { tool: call.tool, arguments: JSON.parse(call.args) },
        keep: false,
        ...(document && { clientMetadataUrl: document.url }),
      },
      connection: { timeout: 30_000 },
      timeout: 30_000,
      maxBody: 256 * 1024,
      userAgent: 'mcp-oauth-trace',
      headers: [],
      consent: form({ username: USER.name, password: USER.password }),
      username: USER.name,
      source: 'self-test',
      signal: new AbortController().signal,
      observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} },
      say: () => {},
      ask: async () => '',
    });
    if ('crash' in crashed) throw crashed.crash;
    return serialize(redact(trace, [{ kind: 'password', value: USER.password, human: true }]));
  } finally {
    await document?.close();
    await server.close();
  }
}
