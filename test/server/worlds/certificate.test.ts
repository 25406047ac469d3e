import { X509Certificate } from 'node:crypto';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../../src/server/worlds/certificate.ts';
import { integer, objectId, octets } from '../../../src/server/worlds/der.ts';

test('a length takes one byte below 128 and says how many it takes above', () => {
  expect([...octets(Buffer.alloc(127)).subarray(0, 2)]).toEqual([0x04, 127]);
  expect([...octets(Buffer.alloc(128)).subarray(0, 3)]).toEqual([0x04, 0x81, 128]);
  expect([...octets(Buffer.alloc(65_536)).subarray(0, 5)]).toEqual([0x04, 0x83, 1, 0, 0]);
});

test('an object identifier is written in base 128', () => {
  expect(objectId('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
});

test('an integer is the shortest that is not negative', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const content = integer(bytes).subarray(2);
      const value = (digits: Uint8Array) => BigInt(`0x${Buffer.from(digits).toString('hex')}`);
      expect(value(content)).toBe(value(bytes));
      expect(content[0]).toBeLessThan(0x80);
      if (content.length > 1) expect(content[0] === 0 && content[1]! < 0x80).toBe(false);
    }),
  );
});

test('the certificate of an authority is one, and signs what it issues', () => {
  const authority = createAuthority('Demo authority');
  const root = new X509Certificate(authority.cert);
  const leaf = new X509Certificate(authority.issue(['a.example', 'b.example']).cert);
  expect(root.ca).toBe(true);
  expect(root.subject).toBe('CN=Demo authority');
  expect(root.verify(root.publicKey)).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(root)).toBe(true);
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.subjectAltName).toBe('DNS:a.example, DNS:b.example');
});

test('two authorities do not vouch for each other', () => {
  const leaf = new X509Certificate(createAuthority('One').issue(['a.example']).cert);
  expect(leaf.verify(new X509Certificate(createAuthority('One').cert).publicKey)).toBe(false);
});

test('TLS accepts the certificate for its names and for no other', async () => {
  const authority = createAuthority('Demo authority');
  const server = createServer(authority.issue(['a.example']), (_, response) =>
    response.end('hello'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (servername: string) =>
    new Promise((resolve) => {
      get({ host: '127.0.0.1', port, servername, ca: authority.cert, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
  expect(await ask('a.example')).toBe(200);
  expect(await ask('b.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});
