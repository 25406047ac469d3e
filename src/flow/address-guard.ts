import type { AddressGuard } from '../http/http.ts';
import { isPrivateAddress, isPrivateHost } from '../oauth/private-host.ts';
import { isSecureUrl } from '../oauth/resource.ts';
import type { FlowOptions } from './options.ts';

/**
 * Keeps a remote server from pointing this machine at itself or its own network, and a server behind
 * TLS from pointing it at clear text: what its documents name is not dialled there. Hosts that the
 * user named may be anywhere, and where the MCP server itself is a private one nothing is held back.
 * Credentials that the user added to every request stay with the origins that the user named.
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-7.7
 */
export function createAddressGuard(options: FlowOptions): AddressGuard {
  const { url: target, authorizationServer, enterprise, clientMetadataUrl } = options;
  const given = [target, authorizationServer, enterprise?.tokenEndpoint, clientMetadataUrl];
  const named = new Set(given.map(hostOf));
  const origins = new Set(given.map(originOf));
  const isOpen = options.allowPrivate === true || isPrivateHost(target);
  const isEncrypted = target.startsWith('https:') && !options.lenient;
  // What the name of the MCP server turned out to be; whose name means both is no friend.
  let isInner = false;
  let isOuter = false;
  const isOff = (): boolean => isOpen || (isInner && !isOuter);
  return {
    isTrusted: (url) => origins.has(originOf(url)),
    url: (url) =>
      isOff() || named.has(hostOf(url)) || !isPrivateHost(url) ? undefined : refusal(hostOf(url)),
    clearText: (url) =>
      !isEncrypted || isSecureUrl(url) || origins.has(originOf(url))
        ? undefined
        : `${originOf(url)} is not encrypted, named by a server that is, and is not dialled; --lenient permits it`,
    resolved: (host, address) => {
      const isPrivate = isPrivateAddress(address);
      const isTarget = host === hostOf(target);
      if (isTarget) {
        isInner ||= isPrivate;
        isOuter ||= !isPrivate;
      }
      const isHeldBack = isPrivate && !isOff() && (isTarget || !named.has(host));
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
