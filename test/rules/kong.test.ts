import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge } from '../../src/rules/judge.ts';
import { importKong } from '../../src/trace/import.ts';

const log = readFileSync(new URL('../../fixtures/kong/file-log.jsonl', import.meta.url), 'utf8');

function findingsOf(text: string): readonly string[] {
  return judge(importKong(text)).findings.map(({ rule }) => rule.id);
}

test("a gateway's TLS says nothing against its certificate", () => {
  expect(log).toContain('"tls":{"version":"TLSv1.3"');
  expect(findingsOf(log)).not.toContain('insecure-transport');
});

test('a client whose credentials Kong has masked is not taken for one without any', () => {
  expect(findingsOf(log)).not.toContain('client-auth-method-mismatch');
  expect(findingsOf(log.replaceAll('"authorization":"REDACTED",', ''))).toContain(
    'client-auth-method-mismatch',
  );
});
