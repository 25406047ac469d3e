import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { RULES } from '../src/rules/index.ts';
import { judge } from '../src/rules/judge.ts';
import type { Finding } from '../src/rules/rule.ts';
import type { Fault } from '../src/server/faults/fault.ts';
import { FAULTS } from '../src/server/faults.ts';
import { startServer } from '../src/server/start.ts';
import { findRevision, REVISIONS } from '../src/spec/revisions.ts';
import { parseTrace } from '../src/trace/parse.ts';
import { redact } from '../src/trace/redact.ts';
import { serialize } from '../src/trace/serialize.ts';
import { runHeadlessly } from './interop/run.ts';

/**
 * The findings of one run against the reference server, by id; they are the same on the live run and
 * on the file it is saved as.
 */
async function findings(faults: readonly string[], revision: string): Promise<readonly string[]> {
  const server = await startServer({ faults, allowLoopbackClientMetadata: true });
  const needed = needOf(faults);
  const document = needed === 'client-metadata-document' ? await serveClientDocument() : undefined;
  try {
    const known = findRevision(revision);
    const { trace } = await runHeadlessly(
      server.mcpUrl,
      { username: 'testuser', password: 'testpass' },
      {
        flow: {
          ...(known && { revision: known }),
          ...(document && { clientMetadataUrl: document.url }),
          call: {
            tool: needed === 'step-up' ? 'list_stocks' : 'echo',
            arguments: { text: 'hello' },
          },
        },
      },
    );
    const saved = parseTrace(serialize(redact(trace, [{ kind: 'password', value: 'testpass' }])));
    expect(judge(saved).findings.map(identity)).toEqual(judge(trace).findings.map(identity));
    return judge(trace)
      .findings.map(({ rule }) => rule.id)
      .sort();
  } finally {
    await document?.close();
    await server.close();
  }
}

/** A client ID metadata document on a server of its own. */
async function serveClientDocument(): Promise<{ url: string; close: () => Promise<unknown> }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        client_id: url,
        client_name: 'Test client',
        redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.json`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What makes a finding the same: its rule, weight and evidence. Messages may quote a label. */
function identity({ rule, severity, fault, evidence }: Finding): unknown {
  return { rule: rule.id, severity, fault, evidence };
}

function needOf([id]: readonly string[]): Fault['needs'] {
  return FAULTS.find((fault) => fault.id === id)?.needs;
}

/** A fault that only rules of the newest revision notice shows in a run of that revision. */
function revisionFor({ rules }: Fault): string {
  const letters = rules.map((id) => RULES.find((rule) => rule.id === id)?.revisions ?? '');
  return letters.every((range) => range === 'D') ? '2026-07-28' : 'auto';
}

describe('the reference server without a fault', () => {
  test.each(['auto', ...REVISIONS.map(({ id }) => id)])(
    'gives no finding in revision %s',
    async (id) => {
      expect(await findings([], id)).toEqual([]);
    },
  );
});

const shown = FAULTS.filter(({ needs }) => needs !== 'probe');

describe('a fault of the reference server', () => {
  test.each(shown.map((fault) => [fault.id, fault] as const))(
    '%s gives exactly the findings it names',
    async (id, fault) => {
      expect(await findings([id], revisionFor(fault))).toEqual([...fault.rules].sort());
    },
  );
});

test('every rule about a server that a fault can provoke has one', () => {
  const provoked = new Set(FAULTS.flatMap(({ rules }) => rules));
  const silent = RULES.filter(({ fault, id }) => fault !== 'client' && !provoked.has(id));
  expect(silent.map(({ id }) => id)).toMatchInlineSnapshot(`
    [
      "auth-status-not-401",
      "resource-metadata-wrong-scheme-or-host",
      "prm-scheme-downgrade",
      "first-authorization-server-unusable",
      "asm-endpoints-internal-or-http",
      "insecure-transport",
      "nonstandard-port",
      "dns-not-globally-routable",
      "slow-endpoint-budget",
      "dcr-web-type-rejects-loopback",
      "dcr-rejects-mixed-uri-set",
      "dcr-redirect-uri-rejected",
      "cimd-loopback-port-mismatch",
      "cimd-fetch-blocked",
      "cimd-private-key-jwt-refused",
      "no-scope-sent",
      "dcr-scope-not-allowed",
      "edge-requires-user-agent",
      "expired-token-hidden-in-tool-error",
      "insufficient-scope-loop",
      "mcp-accept-406",
      "modern-initialize-error-no-versions",
      "refresh-omits-new-token",
      "refresh-no-grace",
    ]
  `);
});

afterAll(() => {
  // Every id a row names is a rule's: a renamed rule must not leave a fault without a witness.
  const known = new Set(RULES.map(({ id }) => id));
  const strangers = shown.flatMap(({ rules }) => rules.filter((id) => !known.has(id)));
  expect(strangers).toEqual([]);
});
