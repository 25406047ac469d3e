/** Which proxies to use, as the usual environment variables say it. */
export interface ProxyOptions {
  /** For http targets. */
  readonly http?: string;
  /** For https targets. */
  readonly https?: string;
  /** Hosts that are reached without one: names with their subdomains, `host:port`, `*`. */
  readonly no?: string;
}

/** Where a request goes. */
export interface Target {
  readonly protocol: string;
  /** Without brackets. */
  readonly hostname: string;
  /** Empty for the scheme's own. */
  readonly port: string;
}

/** The proxy of a target; undefined for a direct connection. */
export function proxyFor(target: Target, options: ProxyOptions | undefined): URL | undefined {
  const proxy = target.protocol === 'https:' ? options?.https : options?.http;
  if (!proxy || isExempt(target, options?.no ?? '')) return undefined;
  return new URL(proxy);
}

/** The port of a target, spelled out or not. */
export function portOf({ port, protocol }: Target): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function isExempt(target: Target, no: string): boolean {
  const host = target.hostname.toLowerCase();
  return no
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const { name, port } = readEntry(entry);
      if (port !== undefined && port !== portOf(target)) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

/** `.example.com` and `*.example.com` mean the same as `example.com`: the name and all below it. */
function readEntry(entry: string): { readonly name: string; readonly port: number | undefined } {
  const found = /^(?:\[([^\]]*)\]|([^:]*)|(.*:.*:.*?))(?::(\d+))?$/.exec(entry);
  const name = (found?.[1] ?? found?.[2] ?? found?.[3] ?? entry).replace(/^\*?\./, '');
  return { name, port: found?.[4] === undefined ? undefined : Number(found[4]) };
}
