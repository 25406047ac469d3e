import type { AddressGuard } from '../http/http.ts';
import { isPrivateAddress, isPrivateHost } from '../oauth/private-host.ts';
import type { FlowOptions } from './options.ts';

/**
 * Keeps a remote server from pointing this machine at itself or its own network: what its documents
 * name is not dialled at private addresses. Hosts that the user named may be anywhere, and where the
 * MCP server itself is a private one nothing is held back. Credentials that the user added to every
 * request stay with the origins that the user named.
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-7.7
 */
export function createAddressGuard(options: FlowOptions): AddressGuard {
  const { url: target, authorizationServer, enterprise, clientMetadataUrl } = options;
  const given = [target, authorizationServer, enterprise?.tokenEndpoint, clientMetadataUrl];
  const named = new Set(given.map(hostOf));
  const origins = new Set(given.map(originOf));
  let isOff = options.allowPrivate === true || isPrivateHost(target);
  return {
    isTrusted: (url) => origins.has(originOf(url)),
    url: (url) =>
      isOff || named.has(hostOf(url)) || !isPrivateHost(url) ? undefined : refusal(hostOf(url)),
    resolved: (host, address) => {
      // A name of an inner network: the server is no stranger there.
      if (host === hostOf(target) && isPrivateAddress(address)) isOff = true;
      const isHeldBack = !isOff && !named.has(host) && isPrivateAddress(address);
      return isHeldBack ? refusal(`${host} (${address})`) : undefined;
    },
  };
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}

function refusal(seen: string | undefined): string {
  return `${seen} is an address of this machine or its network, named by a remote server, and is not dialled; --allow-private permits it`;
}
