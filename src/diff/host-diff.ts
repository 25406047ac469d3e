/** What differs in the hosts themselves: where the authorization server lives, and TLS. */
import type { Exchange, Tls } from '../trace/schema.ts';
import { quote } from './describe.ts';
import type { Difference, Weight } from './difference.ts';
import { type Hosts, isColocated, isLoopbackOrigin, isSameDeployment } from './hosts.ts';
import { compareText } from './place.ts';
import { ofRun } from './run-diff.ts';
import type { Side } from './side.ts';

/** Whether the authorization server moved: off or onto the MCP server's origin, or to another host. */
export function diffHosts(before: Hosts, after: Hosts): readonly Difference[] {
  const [from, to] = [before.authorization, after.authorization];
  if (from === undefined || to === undefined) return [];
  const values = [before, after].map(livesAt) as [string, string];
  const hasMoved = isSameDeployment(before, after) && hostOf(from) !== hostOf(to);
  if (isColocated(before) === isColocated(after) && !hasMoved) return [];
  return [
    ofRun(
      { kind: 'host', weight: 'contract', pointer: '/hosts', before: values[0], after: values[1] },
      `the authorization server was ${values[0]}, is ${values[1]}`,
    ),
  ];
}

function livesAt(hosts: Hosts): string {
  const name = isLoopbackOrigin(hosts.authorization ?? '')
    ? 'a loopback host'
    : hosts.authorization;
  return isColocated(hosts) ? "on the MCP server's own origin" : `at ${name}`;
}

/** A loopback host is the same whatever its port. */
function hostOf(origin: string): string {
  return isLoopbackOrigin(origin) ? 'loopback' : origin;
}

type TlsRow = readonly [
  name: string,
  subject: string,
  weight: Weight,
  read: (tls: Tls | null) => string | null,
];

const TLS: readonly TlsRow[] = [
  ['protocol', 'TLS', 'behaviour', (tls) => tls?.protocol ?? null],
  ['authorized', 'trust in the certificate', 'behaviour', (tls) => trustIn(tls)],
  [
    'certificate/issuer',
    'the issuer of the certificate',
    'detail',
    (tls) => tls?.certificate?.issuer ?? null,
  ],
  [
    'certificate/valid_to',
    'the end of the certificate',
    'detail',
    (tls) => tls?.certificate?.valid_to ?? null,
  ],
];

/** Every pointer at which the hosts themselves can differ. */
export const HOST_POINTERS: readonly string[] = [
  '/hosts',
  ...TLS.map(([name]) => `/connection/tls/${name}`),
];

/** TLS facts of each host, taken from its first connection. */
export function diffTls(before: Side, after: Side): readonly Difference[] {
  const [left, right] = [firstByHost(before), firstByHost(after)];
  const hosts = [...left.keys()].filter((host) => right.has(host)).sort(compareText);
  return hosts.flatMap((host) => {
    const [a, b] = [left.get(host), right.get(host)].map((one) => one?.connection.tls ?? null);
    return TLS.flatMap(([name, subject, weight, read]) => {
      const [from, to] = [read(a ?? null), read(b ?? null)];
      // What came or went with TLS itself is said by the protocol.
      if (from === to || (name !== 'protocol' && (!a || !b))) return [];
      const pointer = `/connection/tls/${name}`;
      return [
        ofRun(
          { kind: 'tls', weight, pointer, before: from, after: to },
          `${subject} of ${quote(host)} was ${from ?? 'absent'}, is ${to ?? 'absent'}`,
        ),
      ];
    });
  });
}

function trustIn(tls: Tls | null): string | null {
  if (!tls) return null;
  return tls.authorized ? 'given' : `refused (${tls.authorization_error ?? 'no reason'})`;
}

function firstByHost({ view, normalize }: Side): ReadonlyMap<string, Exchange> {
  const first = new Map<string, Exchange>();
  for (const exchange of view.exchanges) {
    if (!exchange.response || exchange.channel === 'loopback') continue;
    const host = normalize(/^[a-z]+:\/\/[^/?#]*/i.exec(exchange.request.url)?.[0] ?? '');
    if (!first.has(host)) first.set(host, exchange);
  }
  return first;
}
