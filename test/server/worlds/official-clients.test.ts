/** The official SDK's clients, old and new, go through every world that is not of the first revision. */
import { expect, test } from 'vitest';
import { startWorld } from '../../../src/server/worlds/index.ts';
import { createProvider, current, type Open, old } from '../official-client.ts';
import { approveIn, CALLBACK, fetchIn } from './support.ts';

const CLIENTS: readonly (readonly [string, Open])[] = [
  ['the current client', current('auto')],
  ['the current client in a session', current('legacy')],
  ['the old client', old],
];

/** What the tool of each world answers to somebody who was let in. */
const ANSWERS = { minimal: 'hello', federated: 'Water the plants', 'secured-api': 'Company 1' };

test.each(
  Object.entries(ANSWERS).flatMap(([world, answer]) =>
    CLIENTS.map(([name, open]) => ({ world, answer, name, open })),
  ),
)('$name logs in to the world $world and calls its tool', async ({ world, answer, open }) => {
  const running = await startWorld(world);
  try {
    const provider = createProvider(CALLBACK, async (url) => (await approveIn(running, url)).href);
    const { connect, finish, call, close } = open(running.mcpUrl, provider, fetchIn(running));
    await expect(connect()).rejects.toThrow(/unauthorized/i);
    await finish(provider.parameters());
    await connect();
    const { tool, arguments: args } = running.call;
    expect(JSON.stringify(await call(tool, args))).toContain(answer);
    await close();
  } finally {
    await running.close();
  }
});
