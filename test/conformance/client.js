#!/usr/bin/env node
/**
 * The client that the official suite runs: it turns what the suite tells in the environment into
 * options of our command line, which does the rest.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runsOf } from './scenarios.js';

const PROGRAM =
  process.env.MCP_OAUTH_TRACE ??
  fileURLToPath(new URL('../../bin/mcp-oauth-trace.js', import.meta.url));

/** The server answered without asking for a token: right in scenarios that are not about OAuth. */
const OPEN = 4;

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
try {
  process.exitCode = await runAll(process.argv.at(-1), process.env);
} finally {
  rmSync(folder, { recursive: true });
}

async function runAll(url, environment) {
  const scenario = environment.MCP_CONFORMANCE_SCENARIO;
  const revision = environment.MCP_CONFORMANCE_PROTOCOL_VERSION ?? 'auto';
  const context = JSON.parse(environment.MCP_CONFORMANCE_CONTEXT ?? '{}');
  const runs = runsOf(scenario, context, keepFile);
  let next = runs.next();
  while (!next.done) {
    const { code, trace } = await run([url, '--revision', revision, ...next.value]);
    const isOpen = code === OPEN && !scenario.startsWith('auth/');
    if (code !== 0 && !isOpen) return code;
    next = runs.next(trace);
  }
  return 0;
}

/** One run of the command line, which is to complete: what it finds wrong with the suite's servers is no matter. */
function run(options) {
  const file = join(folder, 'trace.json');
  rmSync(file, { force: true });
  const common = ['--consent', 'form', '--fail-on', 'never', '--save-trace', file];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...options, ...common], { stdio: 'inherit' });
    child.once('close', (code) => {
      resolve({ code: code ?? 1, trace: JSON.parse(readFileSync(file, 'utf8')) });
    });
  });
}

/** Secrets go to the program in files, as they do in life. */
function keepFile(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
