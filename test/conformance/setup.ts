import { execFileSync } from 'node:child_process';
import { install } from './suite.ts';

/** Installs the suite and builds what it runs. */
export default function setup(): void {
  install();
  if (process.env.MCP_OAUTH_TRACE === undefined)
    execFileSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' });
}
