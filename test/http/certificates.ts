/** A private certificate authority and what it signed, made anew for each run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly ca: string;
  /** A certificate for these names. `days` before today makes it an expired one. */
  readonly issue: (names: readonly string[], other?: { readonly expired?: boolean }) => Credentials;
  readonly dispose: () => void;
}

/** Makes an authority of its own, in a folder of its own. */
export function createAuthority(name = 'Test authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-ca-'));
  const openssl = (...arguments_: readonly string[]): void => {
    execFileSync('openssl', [...arguments_], { cwd: folder, stdio: 'pipe' });
  };
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3'],
    ...['-subj', `/O=mcp-oauth-trace/CN=${name}`],
  );
  let count = 0;
  return {
    ca: read('ca.pem'),
    issue: (names, { expired = false } = {}) => {
      count += 1;
      const leaf = `leaf${count}`;
      writeFileSync(join(folder, `${leaf}.ext`), `subjectAltName=${names.join(',')}\n`);
      openssl(
        ...['req', ...newKey, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`],
        ...['-subj', `/CN=leaf ${count}`],
      );
      openssl(
        ...['x509', '-req', '-in', `${leaf}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'],
        ...['-CAcreateserial', '-extfile', `${leaf}.ext`, '-out', `${leaf}.pem`],
        ...['-days', expired ? '-1' : '2'],
      );
      return { key: read(`${leaf}.key`), cert: read(`${leaf}.pem`) };
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
