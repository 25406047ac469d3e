/** The authorization request as the client makes it: state and redirect URI. */
import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl } from '../oauth/resource.ts';
import { mcp, oauth21, rfc8252 } from '../spec/references.ts';
import { formOf, type ReadonlyParameters } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import type { Deviation } from './evidence.ts';
import { callbacks, judgeRequests, type KnownRequest } from './front-channel.ts';
import { missing, reused } from './request-parameter.ts';
import { at, defineRule, type Rule } from './rule.ts';

const stateMissing = defineRule({
  id: 'client-state-missing',
  step: 'authorization',
  fault: 'client',
  level: 'SHOULD',
  revisions: 'A-D',
  requires:
    'The authorization request carries a fresh state of at least 128 random bits, and a callback with another one is dropped.',
  why: 'state ties the callback to the browser that started the login. Without it an attacker can slip in a code of their own account.',
  fix: 'Send 16 or more random bytes in base64url as state, and compare the callback’s exactly before its code is used.',
  example: 'state=Zk3q81xW7pTnVb5LsYc2Jd9RfGh4MaQe',
  spec: [
    mcp('2026-07-28', 'basic/authorization/security-considerations#open-redirection'),
    oauth21('4.1.1'),
  ],
  judge: (view) =>
    judgeRequests(view, (requests) => [
      ...requests.flatMap(({ exchange, parameters }) =>
        stateDeviations(view, exchange, parameters),
      ),
      ...reused(
        requests.map(({ exchange, parameters }) => ({
          exchange,
          value: parameters.get('state'),
          owner: parameters.get('code_challenge'),
        })),
        'state',
      ),
      ...forgedCallbacks(view),
    ]),
});

const redirectUriInsecure = defineRule({
  id: 'client-redirect-uri-insecure',
  step: 'authorization',
  fault: 'client',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'The redirect URI is https, or http on a loopback host.',
  why: 'The code travels to this address: over plain http anyone on the way can read it. A private-use scheme is legal for native apps, but MCP does not name it and many servers refuse it.',
  fix: 'Listen on http://127.0.0.1 with a port the system picks.',
  example: 'redirect_uri=http://127.0.0.1:49321/callback',
  spec: [
    mcp('2026-07-28', 'basic/authorization/security-considerations#communication-security'),
    rfc8252('7.3'),
  ],
  judge: (view) => judgeRequests(view, (requests) => requests.flatMap(redirectDeviations)),
});

/** The rules about the authorization request. */
export const authorizationRequestRules: readonly Rule[] = [stateMissing, redirectUriInsecure];

/** 128 bits in base64url; UUIDs and hexadecimal need more characters for the same. */
const SHORTEST_STATE = 22;

function stateDeviations(
  view: View,
  exchange: Exchange,
  parameters: ReadonlyParameters,
): readonly Deviation[] {
  const state = parameters.get('state');
  if (!state) return [missing('the authorization request', 'state', exchange)];
  const { length } = view.secret(state);
  return length === 0 || length >= SHORTEST_STATE
    ? []
    : [
        {
          message: `state has ${length} characters, expected at least ${SHORTEST_STATE} random ones (128 bits)`,
          evidence: at(exchange, '/request/url'),
        },
      ];
}

/** Code exchanges with a code that came under another state than the one sent. */
function forgedCallbacks(view: View): readonly Deviation[] {
  // Told to go on where a client must stop, it does.
  if (view.trace.metadata.lenient) return [];
  const used = new Map(
    view
      .tokenRequests('authorization_code')
      .map((exchange) => [formOf(exchange).get('code'), exchange] as const),
  );
  return callbacks(view).flatMap(({ parameters, request }) => {
    const sent = request?.parameters?.get('state');
    const code = parameters.get('code');
    const exchange = code === null ? undefined : used.get(code);
    return !sent || !exchange || parameters.get('state') === sent
      ? []
      : [
          {
            message:
              'the client redeemed a code that came with another state, expected it to be dropped',
            evidence: at(exchange, '/request/body'),
          },
        ];
  });
}

function redirectDeviations({ exchange, parameters }: KnownRequest): readonly Deviation[] {
  const uri = parameters.get('redirect_uri');
  if (uri === null || /^https:/i.test(uri)) return [];
  const isHttp = /^http:/i.test(uri);
  if (isHttp && isLoopbackUrl(uri)) return [];
  const isPrivate =
    !isHttp && /^(?!javascript:|data:|file:|vbscript:)[a-z][a-z0-9+.-]*:/i.test(uri);
  return [
    {
      message: `redirect_uri is ${quoted(uri)}, expected https, or http on a loopback host`,
      evidence: at(exchange, '/request/url'),
      ...(isPrivate && { severity: 'warning' as const }),
    },
  ];
}
