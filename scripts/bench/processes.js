import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command as it is measured: arguments of this Node. */
const { NODE_OPTIONS, NODE_EXTRA_CA_CERTS, NODE_COMPILE_CACHE, ...plain } = process.env;

/** Without what this machine has set for Node: more certificates alone can treble its start. */
export const ENVIRONMENT = plain;

/** Room for the answer of a command that prints a large trace. */
const MOST_OUTPUT = 1024 ** 3;

/**
 * Runs commands in turns, so that what else the machine does meets all of them alike.
 * @param commands each the arguments of one Node process, or a function that makes them for a run
 * @param rounds how many turns; one more comes before, for caches
 * @returns for each command its milliseconds, by round
 */
export function takeTurns(commands, rounds, expected = [0]) {
  const times = commands.map(() => []);
  for (let round = -1; round < rounds; round += 1)
    for (const [index, command] of commands.entries()) {
      const args = typeof command === 'function' ? command(round) : command;
      const { ms } = runNode(args, expected);
      if (round >= 0) times[index].push(ms);
    }
  return times;
}

/** Runs one Node process to its end. */
export function runNode(args, expected = [0], options = {}) {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: ENVIRONMENT,
    maxBuffer: MOST_OUTPUT,
    ...options,
  });
  const ms = performance.now() - began;
  if (error) throw error;
  if (!expected.includes(status))
    throw new Error(`node ${args.join(' ')}: exit ${status}\n${stdout.slice(-2000)}\n${stderr}`);
  return { ms, stdout, stderr };
}

/** Peak memory of one Node process, in MiB. */
export function peakMemory(args, expected, folder) {
  const report = join(folder, 'peak-memory');
  const preload = new URL('./peak-memory.cjs', import.meta.url).pathname;
  runNode(['--require', preload, ...args], expected, {
    env: { ...ENVIRONMENT, PEAK_MEMORY_REPORT: report },
    cwd: folder,
  });
  return Number(readFileSync(report, 'utf8')) / 1024;
}

/** Milliseconds until a process says anything on a stream; its exit code does not matter. */
export async function untilFirstWord(args, stream) {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env: ENVIRONMENT });
  const heard = new Promise((resolve, reject) => {
    child[stream].once('data', () => resolve(performance.now() - began));
    child.once('close', () => reject(new Error(`node ${args.join(' ')} said nothing`)));
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  for (const output of [child.stdout, child.stderr]) output.resume();
  const ms = await heard;
  await ended;
  return ms;
}

/** Starts a server process that prints one line of JSON when it listens. */
export async function startServer(args) {
  const child = spawn(process.execPath, args, {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const facts = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (line) => resolve(JSON.parse(line)));
    child.once('close', (code) => reject(new Error(`node ${args.join(' ')}: exit ${code}`)));
  });
  return { ...facts, close: () => child.kill('SIGTERM') };
}
