import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ConsentError } from '../../../src/consent/consent.ts';
import { stopTime } from '../../time.ts';
import { consentBy, follow, runFlow } from '../support.ts';
import {
  ASM,
  AUTHORIZE,
  answerRpc,
  callbackOf,
  challenge,
  formOf,
  MCP,
  PRM,
  type Route,
  type Routes,
  resourceMetadata,
  serverMetadata,
  startWorld,
  TOKEN,
  type World,
} from '../world.ts';

async function run(routes: Routes, options: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, options)) };
}

function query(world: World): URLSearchParams {
  return world.hitsOf(AUTHORIZE)[0]?.url.searchParams ?? new URLSearchParams();
}

const withMetadata =
  (change: Record<string, unknown>): Route =>
  (_, world) => ({ json: { ...serverMetadata(world), ...change } });

/** Sends the browser back with these parameters. */
const returning =
  (change: (world: World) => Readonly<Record<string, string | undefined>>): Route =>
  (hit, world) =>
    callbackOf(hit, change(world));

describe('the authorization request', () => {
  test('holds what a public client sends, once each', async () => {
    const { world } = await run({});
    const parameters = query(world);
    expect([...parameters.keys()].sort()).toEqual(
      [
        'client_id',
        'code_challenge',
        'code_challenge_method',
        'redirect_uri',
        'resource',
        'response_type',
        'scope',
        'state',
      ].sort(),
    );
    expect(Object.fromEntries(parameters)).toMatchObject({
      response_type: 'code',
      client_id: 'client-1',
      code_challenge_method: 'S256',
      resource: world.mcpUrl,
      scope: 'read write',
    });
    expect(parameters.get('state')).toMatch(/^[\w-]{22,}$/);
  });

  test('is proved by the verifier of the token request', async () => {
    const { world } = await run({});
    const [hit] = world.hitsOf(TOKEN);
    const { code_verifier: verifier = '', ...form } = hit ? formOf(hit) : {};
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(
      query(world).get('code_challenge'),
    );
    expect(verifier).toMatch(/^[\w.~-]{43,128}$/);
    expect(form).toEqual({
      grant_type: 'authorization_code',
      client_id: 'client-1',
      code: 'code-1',
      redirect_uri: query(world).get('redirect_uri'),
      resource: world.mcpUrl,
    });
  });

  test('keeps the query that the endpoint has already', async () => {
    const { world } = await run({
      [ASM]: (_, world) => ({
        json: {
          ...serverMetadata(world),
          authorization_endpoint: `${world.origin}/authorize?tenant=a%26b`,
        },
      }),
    });
    expect(query(world).get('tenant')).toBe('a&b');
    expect(query(world).get('client_id')).toBe('client-1');
  });

  test('carries what the user adds', async () => {
    const { world } = await run({}, { flow: { authorizeParameters: [['login_hint', 'a b']] } });
    expect(query(world).get('login_hint')).toBe('a b');
  });

  test.each<[string, string | undefined, string[] | undefined, string | undefined, string | null]>([
    ["the challenge's scope", 'c', ['read'], undefined, 'c'],
    ["all of the resource's scopes", undefined, ['read', 'write'], undefined, 'read write'],
    ['no scope', undefined, undefined, undefined, null],
    ["the user's scope", 'c', ['read'], 'mine too', 'mine too'],
    ['no scope because the user wants none', 'c', ['read'], '', null],
  ])('asks for %s', async (_, challenged, supported, given, expected) => {
    const { world } = await run(
      {
        [MCP]: (hit, world) =>
          hit.headers.authorization
            ? answerRpc(hit)
            : challenge(world, challenged && `, scope="${challenged}"`),
        [PRM]: (_, world) => ({
          json: { ...resourceMetadata(world), scopes_supported: supported },
        }),
      },
      { flow: { ...(given !== undefined && { scope: given }) } },
    );
    expect(query(world).get('scope')).toBe(expected);
  });
});

describe('a callback', () => {
  test.each<[string, string | undefined]>([
    ['access_denied', 'the user said no'],
    ['invalid_scope', undefined],
    ['server_error', '\u001b[31mred\u202e'],
  ])('with the error %s fails the run and is told', async (error, error_description) => {
    const { outcome, failedStep, reason, step } = await run({
      [AUTHORIZE]: returning(() => ({ code: undefined, error, error_description })),
    });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'authorization' });
    expect(reason).toContain(`"${error}"`);
    expect(reason).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(step('token').outcome).toBe('skipped');
  });

  test('with another state is not accepted', async () => {
    const { outcome, reason, trace, world } = await run({
      [AUTHORIZE]: returning(() => ({ state: 'forged' })),
    });
    expect(outcome).toBe('failed');
    expect(reason).toContain('state');
    expect(trace.sequence_summary.auth_code_received).toBe(false);
    expect(world.hitsOf(TOKEN)).toEqual([]);
  });

  test('that never comes from a form driver fails the run at once', async () => {
    const { outcome, reason } = await run({ [AUTHORIZE]: { status: 200, body: 'welcome' } });
    expect(outcome).toBe('failed');
    expect(reason).toContain('no callback');
  });

  test('may be posted', async () => {
    const consent = consentBy(async (url, { http, redirectUri }) => {
      const state = new URL(url).searchParams.get('state') ?? '';
      await http.send({
        method: 'POST',
        url: redirectUri,
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: new URLSearchParams({ code: 'posted', state }).toString(),
        recorded: false,
      });
      return undefined;
    });
    const { outcome, world } = await run({}, { consent });
    expect(outcome).toBe('completed');
    const [hit] = world.hitsOf(TOKEN);
    expect(hit && formOf(hit).code).toBe('posted');
  });

  test('may come while the way of approving is still busy', async () => {
    const consent = consentBy(async (url, tools) => {
      await follow().approve(url, tools);
      return new Promise(() => {});
    });
    expect((await run({}, { consent })).outcome).toBe('completed');
  });

  test('may be handed over by the user', async () => {
    const consent = consentBy(async (url, { redirectUri }) => {
      const state = new URL(url).searchParams.get('state') ?? '';
      return `${redirectUri}?${new URLSearchParams({ code: 'pasted', state })}`;
    }, 'paste');
    const { outcome, exchanges } = await run({}, { consent });
    expect(outcome).toBe('completed');
    expect(exchanges('authorization').map(({ channel }) => channel)).toEqual(['loopback']);
  });

  test('handed over with another state fails the run at once', async () => {
    const consent = consentBy(
      async (_, { redirectUri }) => `${redirectUri}?code=pasted&state=forged`,
      'paste',
    );
    const { outcome, reason } = await run({}, { consent });
    expect(outcome).toBe('failed');
    expect(reason).toContain('state');
  });
});

describe('the issuer of a callback', () => {
  const promised = withMetadata({ authorization_response_iss_parameter_supported: true });

  test.each([
    ['promised', promised, true],
    ['not promised', undefined, false],
  ])('%s: the way of approving is told', async (_, route, expected) => {
    let told: boolean | undefined;
    const consent = consentBy(async (url, tools) => {
      told = tools.needsIss;
      return follow().approve(url, tools);
    });
    await run(route ? { [ASM]: route } : {}, { consent });
    expect(told).toBe(expected);
  });

  test.each<[string, Route | undefined, (world: World) => string | undefined, string]>([
    ['right and promised', promised, ({ origin }) => origin, 'completed'],
    ['right and not promised', undefined, ({ origin }) => origin, 'completed'],
    ['absent and not promised', undefined, () => undefined, 'completed'],
    ['absent though promised', promised, () => undefined, 'refused'],
    ['another', promised, () => 'https://elsewhere.test', 'refused'],
    ['another and not promised', undefined, () => 'https://elsewhere.test', 'refused'],
    ['spelled with a slash', promised, ({ origin }) => `${origin}/`, 'refused'],
    ['in upper case', promised, ({ origin }) => origin.toUpperCase(), 'refused'],
  ])('that is %s leaves the run %4$s', async (_, metadata, iss, expected) => {
    const { outcome, failedStep, world } = await run({
      ...(metadata && { [ASM]: metadata }),
      [AUTHORIZE]: returning((world) => ({ iss: iss(world) })),
    });
    expect(outcome).toBe(expected);
    if (expected === 'completed') return;
    expect(failedStep).toBe('authorization');
    expect(world.hitsOf(TOKEN)).toEqual([]);
  });

  test.each([
    [false, 'refused'],
    [true, 'failed'],
  ])('that is another hides the error that came with it, lenient %j', async (lenient, expected) => {
    const foreign = returning(() => ({
      code: undefined,
      error: 'access_denied',
      error_description: 'call this number',
      iss: 'https://elsewhere.test',
    }));
    const { outcome, reason, notes } = await run({ [AUTHORIZE]: foreign }, { flow: { lenient } });
    expect(outcome).toBe(expected);
    expect(`${reason} ${notes('authorization')}`).not.toMatch(/access_denied|call this number/);
  });

  test('that is another is gone on with by a lenient run', async () => {
    const { outcome, notes } = await run(
      { [AUTHORIZE]: returning(() => ({ iss: 'https://elsewhere.test' })) },
      { flow: { lenient: true } },
    );
    expect(outcome).toBe('completed');
    expect(notes('authorization')).toContain('elsewhere.test');
  });
});

describe('approval', () => {
  test('that takes too long fails the run, and the callbacks that came are told', async () => {
    const passes = stopTime();
    const consent = consentBy(async (_, { http, redirectUri }) => {
      await http.send({ url: `${redirectUri}?code=a&state=forged`, recorded: false });
      passes(4_000);
      return undefined;
    });
    const { outcome, reason } = await run({}, { consent, flow: { consentTimeout: 4_000 } });
    expect(outcome).toBe('failed');
    expect(reason).toMatch(/no callback came within 4 s.*1 other callback.*state/);
  });

  test('is waited for longer than a request may take', async () => {
    const passes = stopTime();
    const consent = consentBy((url, tools) => {
      passes(3_000);
      return follow().approve(url, tools);
    });
    const flow = { consentTimeout: 4_000 };
    expect((await run({}, { consent, flow, timeout: 2_000 })).outcome).toBe('completed');
  });

  test('that cannot come about fails the run with its reason', async () => {
    const consent = consentBy(async () => {
      throw new ConsentError('page-not-drivable', 'the page needs a browser');
    });
    const { outcome, reason, crash } = await run({}, { consent });
    expect({ outcome, reason, crash }).toEqual({
      outcome: 'failed',
      reason: 'the page needs a browser',
      crash: undefined,
    });
  });

  test('that crashes is a defect of ours, and the trace is kept', async () => {
    const defect = new RangeError('ours');
    const consent = consentBy(async () => {
      throw defect;
    });
    const { outcome, crash, reason, wire } = await run({}, { consent });
    expect({ outcome, crash }).toEqual({ outcome: 'failed', crash: defect });
    expect(reason).toContain('itself failed');
    expect(wire('registration')).toHaveLength(1);
  });

  test('is asked for once, with the redirect the server knows', async () => {
    const asked: string[] = [];
    const consent = consentBy(async (url, tools) => {
      asked.push(tools.redirectUri, new URL(url).searchParams.get('redirect_uri') ?? '');
      return follow().approve(url, tools);
    });
    await run({}, { consent });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(asked[1]);
  });
});
