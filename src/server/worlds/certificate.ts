import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  type Der,
  integer,
  objectId,
  octets,
  sequence,
  setOf,
  TRUE,
  tagged,
  time,
  utf8,
} from './der.ts';

/** A key and its certificate, PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that lives as long as the process. */
export interface Authority {
  /** Its own certificate, PEM: what a client has to trust. */
  readonly cert: string;
  /** A key and a certificate for a server of these host names. */
  readonly issue: (names: readonly string[]) => Credentials;
}

/** How far back and ahead certificates are valid: clocks differ, and nothing here lives for long. */
const DAY_MS = 24 * 3600 * 1000;
const VALID_DAYS = 30;

/** A fresh authority: whoever trusts it trusts this run alone. @see RFC 5280 section 4.1 */
export function createAuthority(name: string, now: number = Date.now()): Authority {
  const own = newKey();
  const subject = distinguishedName(name);
  const make = (holder: Der, publicKey: KeyObject, extensions: readonly Der[]): string =>
    certificate({ subject: holder, publicKey, issuer: subject, signer: own.privateKey, now }, [
      ...extensions,
      authorityKeyIdentifier(own.publicKey),
    ]);
  return {
    cert: make(subject, own.publicKey, [
      extension(BASIC_CONSTRAINTS, sequence(TRUE), 'critical'),
      extension(KEY_USAGE, bits(Buffer.of(0x06), 1), 'critical'), // keyCertSign, cRLSign
      extension(SUBJECT_KEY_IDENTIFIER, octets(keyIdentifier(own.publicKey))),
    ]),
    issue: (names) => {
      const { publicKey, privateKey } = newKey();
      const cert = make(distinguishedName(names[0] ?? name), publicKey, [
        extension(BASIC_CONSTRAINTS, sequence(), 'critical'),
        extension(KEY_USAGE, bits(Buffer.of(0x80), 7), 'critical'), // digitalSignature
        extension(EXTENDED_KEY_USAGE, sequence(objectId(SERVER_AUTHENTICATION))),
        extension(SUBJECT_ALTERNATIVE_NAME, sequence(...names.map(dnsName))),
      ]);
      return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
    },
  };
}

interface Content {
  readonly subject: Der;
  readonly publicKey: KeyObject;
  readonly issuer: Der;
  readonly signer: KeyObject;
  readonly now: number;
}

function certificate(
  { subject, publicKey, issuer, signer, now }: Content,
  extensions: readonly Der[],
): string {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const validity = sequence(
    time(new Date(now - DAY_MS)),
    time(new Date(now + VALID_DAYS * DAY_MS)),
  );
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.of(2)), 'around'), // version 3
    integer(randomBytes(16)),
    algorithm,
    issuer,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions), 'around'),
  );
  const signature = sign('sha256', toBeSigned, signer);
  return pem(sequence(toBeSigned, algorithm, bits(signature)));
}

function newKey(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function distinguishedName(commonName: string): Der {
  return sequence(setOf(sequence(objectId(COMMON_NAME), utf8(commonName))));
}

function dnsName(name: string): Der {
  return tagged(2, Buffer.from(name), 'in-place');
}

function authorityKeyIdentifier(publicKey: KeyObject): Der {
  return extension(
    AUTHORITY_KEY_IDENTIFIER,
    sequence(tagged(0, keyIdentifier(publicKey), 'in-place')),
  );
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extension(id: string, value: Der, weight?: 'critical'): Der {
  return sequence(objectId(id), ...(weight ? [TRUE] : []), octets(value));
}

function pem(der: Der): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `${['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')}\n`;
}

const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
