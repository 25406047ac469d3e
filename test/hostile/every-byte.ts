/** The connection cut after every byte of every answer of a lawful, short flow. */
import { beforeAll, expect, test } from 'vitest';
import { form } from '../../src/consent/form.ts';
import { redactSafely } from '../../src/trace/safety.ts';
import { type StepId, traceSchema } from '../../src/trace/schema.ts';
import { runFlow } from '../flow/support.ts';
import { capture } from './fuzz/conversation.ts';
import { bytesOf, type Wire } from './fuzz/mutation.ts';
import { LEGS, startHostile, USER, type Visit } from './server.ts';

/** What an answer is to, by its route and what was asked there. */
type Leg = (typeof ANSWERS)[number][0];

const ANSWERS = [
  ['POST /mcp', 'challenge'],
  ['GET /.well-known/oauth-protected-resource/mcp', 'resource-metadata'],
  ['GET /.well-known/oauth-authorization-server', 'server-metadata'],
  ['POST /register', 'registration'],
  ['GET /authorize', 'authorization'],
  ['POST /login', 'authorization'],
  ['POST /token authorization_code', 'token'],
  ['POST /mcp initialize', 'call'],
  ['POST /mcp notifications/initialized', 'call'],
  ['POST /mcp tools/list', 'call'],
  ['DELETE /mcp', 'call'],
  ['POST /token refresh_token', 'refresh'],
  ['DELETE /clients/hostile-client', 'cleanup'],
] as const;

interface Cut {
  readonly leg: Leg;
  readonly at: number;
  readonly how: 'reset' | 'close';
}

function legOf({ route, request, body }: Visit): string {
  if (route === LEGS.token) return `${route} ${new URLSearchParams(body).get('grant_type')}`;
  return route === LEGS.challenge && request.headers.authorization
    ? `${route} ${JSON.parse(body).method}`
    : route;
}

/** Answers that are as good as the long ones. */
const SHORT: Readonly<Record<string, (visit: Visit) => string>> = {
  [LEGS['server metadata']]: ({ server: { origin } }) =>
    JSON.stringify({
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
      code_challenge_methods_supported: ['S256'],
    }),
  [LEGS.registration]: ({ server: { origin } }) =>
    JSON.stringify({
      client_id: 'hostile-client',
      registration_access_token: 'to-delete-it',
      registration_client_uri: `${origin}/clients/hostile-client`,
    }),
  [LEGS['login page']]: ({ url: { searchParams: asked } }) => {
    const kept = new URLSearchParams();
    for (const name of ['redirect_uri', 'state']) kept.set(name, asked.get(name) ?? '');
    return `<form method=post action="/login?${`${kept}`.replace('&', '&amp;')}"><input name=username><input name=password type=password></form>`;
  },
};

function answerOf(visit: Visit, lawful: Wire): Buffer {
  const short = SHORT[visit.route]?.(visit);
  return bytesOf(short === undefined ? lawful : { ...lawful, body: Buffer.from(short) });
}

/** One whole run, and the bytes of its answers. */
async function run(cut?: Cut) {
  const lengths = new Map<string, number>();
  const server = await startHostile({
    '*': (visit) => {
      const leg = legOf(visit);
      const bytes = answerOf(visit, capture(visit, server.issued));
      lengths.set(leg, bytes.length);
      if (leg !== cut?.leg) return void visit.socket.end(bytes);
      visit.socket.write(bytes.subarray(0, cut.at), () => {
        if (cut.how === 'reset') visit.socket.resetAndDestroy();
        else visit.socket.end();
      });
    },
  });
  try {
    const consent = form({ username: USER.name, password: USER.password });
    return { ...(await runFlow(server.mcpUrl, { consent })), lengths };
  } finally {
    await server.close();
  }
}

/** Where the next place is asked, or what was wanted is had already, a flow goes on. */
const GOES_ON: readonly Leg[] = [
  'GET /.well-known/oauth-protected-resource/mcp',
  'DELETE /mcp',
  'DELETE /clients/hostile-client',
];

const BROKEN = /^(ECONNRESET|CONNECTION_CLOSED|BODY_CUT_OFF)$/;

/** What broke a promise, in words; nothing when all held. */
async function faultsOf(cut: Cut, step: StepId, length: number): Promise<readonly string[]> {
  const { trace, crash, ...ended } = await run(cut);
  const checked = traceSchema.safeParse(redactSafely(trace, []));
  const isWhole = cut.at === length;
  const goesOn = isWhole || GOES_ON.includes(cut.leg);
  const failures = trace.trace_log.flatMap(({ failure }) => failure?.code ?? []);
  const held: Readonly<Record<string, boolean>> = {
    'nothing is thrown': crash === undefined,
    'the trace is valid': checked.success,
    'the cut stands in the trace': isWhole
      ? failures.length === 0
      : failures.length > 0 && failures.every((code) => BROKEN.test(code)),
    'the outcome is right': ended.outcome === (goesOn ? 'completed' : 'failed'),
    'the step is right': ended.step(step).outcome === (goesOn ? 'done' : 'failed'),
    'no other step failed': ended.failedStep === (goesOn ? null : step),
  };
  return Object.keys(held)
    .filter((promise) => !held[promise])
    .map((promise) => `${cut.how} after ${cut.at} bytes: ${promise}`);
}

/** Runs at the same time. */
const LANES = 8;

/** A test for each answer of the flow: a run for each of its bytes. */
export function testCuts(how: Cut['how']): void {
  let lengths: ReadonlyMap<string, number>;
  beforeAll(async () => {
    const whole = await run();
    expect(whole.outcome).toBe('completed');
    lengths = whole.lengths;
  });

  test('no answer of the flow is left out', () => {
    expect([...lengths.keys()].sort()).toEqual(ANSWERS.map(([leg]) => leg).sort());
  });

  test.each(ANSWERS)(`${how} after any byte of the answer to %s`, async (leg, step) => {
    const length = lengths.get(leg) ?? 0;
    const faults: string[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let at = next++; at <= length; at = next++)
        faults.push(...(await faultsOf({ leg, at, how }, step, length)));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(faults).toEqual([]);
  });
}
