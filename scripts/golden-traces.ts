/** The golden traces: the healthy reference server in each revision, each of its faults, each world. */

import { serveClientDocument, showingOf } from '../src/cli/fault-showing.ts';
import type { RunContext } from '../src/cli/run-plan.ts';
import { worldContext } from '../src/cli/world-context.ts';
import { claudeDesktop } from '../src/clients/claude-desktop.ts';
import { form } from '../src/consent/form.ts';
import type { FlowOptions } from '../src/flow/options.ts';
import { perform } from '../src/flow/perform.ts';
import { FAULTS } from '../src/server/faults.ts';
import { startServer } from '../src/server/start.ts';
import { startWorld, WORLDS } from '../src/server/worlds/index.ts';
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
  readonly world?: string;
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
      done.push({ name: subject.name, text: await textOf(subject) });
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
    revision: showingOf([id]).revision?.id,
  }));
  const worlds = WORLDS.map(({ name }) => ({
    name: `world-${name}`,
    faults: [],
    revision: undefined,
    world: name,
  }));
  return [...healthy, ...shown, ...worlds];
}

async function textOf(subject: Subject): Promise<string> {
  return subject.world === undefined ? await runOf(subject) : await runIn(subject.world);
}

async function runIn(name: string): Promise<string> {
  const world = await startWorld(name);
  const { flow, connection, consent, credentials } = worldContext(world);
  try {
    return await recorded({
      url: world.mcpUrl,
      flow: { revision: 'auto', ...flow },
      connection,
      consent,
      user: credentials,
    });
  } finally {
    await world.close();
  }
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
    return await recorded({
      url: server.mcpUrl,
      flow: {
        revision: findRevision(revision ?? '') ?? 'auto',
        call: { tool: call.tool, arguments: JSON.parse(call.args) },
        ...(document && { clientMetadataUrl: document.url }),
      },
      consent: form({ username: USER.name, password: USER.password }),
      user: { username: USER.name, password: USER.password },
    });
  } finally {
    await document?.close();
    await server.close();
  }
}

interface Recording {
  readonly url: string;
  readonly flow: Partial<FlowOptions> & Pick<FlowOptions, 'revision'>;
  readonly connection?: RunContext['connection'];
  readonly consent?: RunContext['consent'];
  readonly user?: RunContext['credentials'];
}

/** The text of the redacted trace of a run. */
async function recorded({ url, flow, connection, consent, user }: Recording): Promise<string> {
  const { trace, ...crashed } = await perform({
    flow: {
      url,
      profile: claudeDesktop,
      lenient: false,
      authorizeParameters: [],
      callback: { ...claudeDesktop.callback, port: 0 },
      consentTimeout: 60_000,
      keep: false,
      ...flow,
    },
    connection: { timeout: 30_000, ...connection },
    timeout: 30_000,
    maxBody: 256 * 1024,
    userAgent: 'mcp-oauth-trace',
    headers: [],
    consent: consent ?? form(),
    username: user?.username ?? null,
    source: 'self-test',
    signal: new AbortController().signal,
    observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} },
    say: () => {},
    ask: async () => '',
  });
  if ('crash' in crashed) throw crashed.crash;
  const { username, password } = user ?? { username: undefined, password: undefined };
  return serialize(
    redact(trace, [
      ...(password ? [{ kind: 'password', value: password, human: true }] : []),
      ...(username?.includes('@') ? [{ kind: 'email', value: username, human: true }] : []),
    ]),
  );
}
