import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mediaType } from '../trace/headers.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

const BODY_LIMIT = 5 * 1024;
const TIMEOUT_MS = 5000;

/**
 * Gets a small JSON document that a stranger named: from a public address only, the one that is
 * checked being the one that is connected to; no redirect, no credentials, an end to size and time.
 * @throws {Error} with the reason, in words that tell nothing about the inside of this network.
 */
export function fetchForeignJson(url: URL, allowLoopback: boolean): Promise<string> {
  const isAllowed = (address: string): boolean =>
    isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !isAllowed(host)) return Promise.reject(new Error(NOT_PUBLIC));
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = send(
      url,
      {
        agent: false,
        lookup: guardedLookup(isAllowed),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { accept: 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        const type = mediaType(response.headers['content-type']);
        if (response.statusCode !== 200)
          return refuse(`was answered with ${response.statusCode}, expected 200`);
        if (!/^application\/(.+\+)?json$/.test(type)) return refuse(`is not served as JSON`);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (Buffer.concat(chunks).length > BODY_LIMIT) refuse('is larger than 5 kB');
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      },
    );
    const refuse = (reason: string): void => {
      sent.destroy();
      reject(new Error(reason));
    };
    sent.on('error', (error) =>
      reject(new Error(error.message === NOT_PUBLIC ? NOT_PUBLIC : 'cannot be reached')),
    );
    sent.end();
  });
}

const NOT_PUBLIC = 'has no public address';

/** Resolves a name, and fails when any of its addresses is not allowed. */
function guardedLookup(isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error(NOT_PUBLIC), '', 0);
      if (!addresses.every(({ address }) => isAllowed(address)))
        return callback(new Error(NOT_PUBLIC), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
