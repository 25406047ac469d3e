import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningWorld } from '../server/worlds/world.ts';

/** What a client of a world needs as files. */
export interface WorldFiles {
  /** The authority to trust. */
  readonly ca?: string;
  /** A script that prints the latest one-time password. */
  readonly otp?: string;
  readonly remove: () => void;
}

/** Writes them into a folder of their own, for their owner alone; nothing where nothing is needed. */
export function writeWorldFiles({ ca, otp, servers }: RunningWorld): WorldFiles {
  const mail = otp && servers.find(({ name }) => name === 'mail');
  if (ca === undefined && !mail) return { remove: () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-world-'));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    ...(ca !== undefined && { ca: write('ca.pem', ca) }),
    ...(mail && { otp: write('otp.mjs', otpScript(mail.origin)) }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function otpScript(origin: string): string {
  return [
    `const answer = await fetch(${JSON.stringify(`${origin}/api/messages`)});`,
    'const [mail] = await answer.json();',
    "console.log(/\\b\\d{6}\\b/.exec(mail?.text ?? '')?.[0] ?? '');",
    '',
  ].join('\n');
}
