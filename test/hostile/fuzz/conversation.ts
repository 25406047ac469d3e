/** One run of the sequence against a server that answers lawfully but for what chance changes. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { form } from '../../../src/consent/form.ts';
import { loadReporter, REPORT_NAMES } from '../../../src/report/index.ts';
import { findCause } from '../../../src/rules/cause.ts';
import { judge } from '../../../src/rules/judge.ts';
import { parseTrace } from '../../../src/trace/parse.ts';
import { redactSafely } from '../../../src/trace/safety.ts';
import { type Trace, traceSchema } from '../../../src/trace/schema.ts';
import { serialize } from '../../../src/trace/serialize.ts';
import { runFlow } from '../../flow/support.ts';
import type { Issued } from '../issued.ts';
import { leaksIn } from '../leaks.ts';
import { answerLawfully, startHostile, USER, type Visit } from '../server.ts';
import { bytesOf, mutate, type Wire } from './mutation.ts';
import { createRandom, type Random } from './random.ts';

/** What went wrong, in words; nothing when all held. */
export type Faults = readonly string[];

/** Shares of the answers that are changed: few let the sequence go far, many end it early. */
const SHARES = [0.04, 0.1, 0.3];

/** Milliseconds that a request may take; hanging ones are rare. */
const TIMEOUT = 500;

/** Holds one conversation and checks everything that is promised of it. */
export async function converse(seed: number): Promise<{ faults: Faults; outcome: string }> {
  const random = createRandom(seed);
  const share = random.pick(SHARES);
  const harmed = new Set<string>();
  const server = await startHostile({
    '*': (visit) => answer(visit, server.issued, random, share, harmed),
  });
  try {
    const performed = await runFlow(server.mcpUrl, {
      timeout: TIMEOUT,
      flow: { consentTimeout: 3_000, lenient: random.chance(0.5) },
      consent: form({ username: USER.name, password: USER.password }),
    });
    const secrets = server.secrets.filter((secret) => !harmed.has(secret));
    const faults = [
      ...('crash' in performed ? [`crash: ${stackOf(performed.crash)}`] : []),
      ...(await faultsOf(performed.trace, secrets)),
    ];
    return { faults, outcome: performed.trace.sequence_summary.outcome };
  } catch (error) {
    return { faults: [`thrown: ${stackOf(error)}`], outcome: 'thrown' };
  } finally {
    await server.close();
  }
}

async function faultsOf(raw: Trace, secrets: readonly string[]): Promise<Faults> {
  const checked = traceSchema.safeParse(raw);
  if (!checked.success) return [`not by the schema: ${checked.error.message.slice(0, 500)}`];
  const trace = redactSafely(raw, [{ kind: 'password', value: USER.password, human: true }]);
  const file = serialize(trace);
  const faults: string[] = leaksIn([file], secrets).map(
    (secret) => `a secret in the file: ${secret}`,
  );
  const read = parseTrace(file);
  const judgement = judge(read);
  const cause = findCause(read, judgement.findings);
  for (const name of REPORT_NAMES) {
    const report = await loadReporter(name);
    const text = report(
      { trace: read, judgement, ...(cause && { cause }) },
      { color: false, width: 100, headers: true, bodies: true },
    );
    // A carriage return is white space in a document, and an order on a terminal.
    const shown = name === 'html' ? text.replaceAll('\r', '') : text;
    const steering = shown.match(STEERING)?.[0];
    if (steering)
      faults.push(`${name} holds ${JSON.stringify(steering)} at ${around(text, steering)}`);
    if (leaksIn([text], secrets).length > 0) faults.push(`a secret in ${name}`);
  }
  return faults;
}

/** Control characters but line ends and tabs, and characters that turn the text around. */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

function around(text: string, found: string): string {
  const at = text.indexOf(found);
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + 20));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a lawful server would say, changed now and then. */
function answer(
  visit: Visit,
  issued: Issued,
  random: Random,
  share: number,
  harmed: Set<string>,
): void {
  const lawful = capture(visit, issued);
  const wire = random.chance(share) ? mutate(lawful, random) : lawful;
  // A changed answer may hide what it issues under names and in forms that nobody knows as secret.
  if (wire !== lawful) {
    const said = bytesOf(lawful).toString('latin1');
    for (const secret of Object.values(issued)) if (said.includes(secret)) harmed.add(secret);
  }
  send(visit, wire);
}

/** The lawful answer, kept instead of sent. */
export function capture(visit: Visit, issued: Issued): Wire {
  let status = 200;
  let body = '';
  const headers: [string, string][] = [];
  const response = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    writeHead: (code: number, given: OutgoingHttpHeaders = {}) => {
      status = code;
      for (const [name, value] of Object.entries(given)) headers.push([name, String(value)]);
      return response;
    },
    end: (text = '') => {
      body = text;
    },
  };
  // Only these three are used by a lawful answer.
  answerLawfully({ ...visit, response: response as unknown as ServerResponse }, issued);
  return { status: `${status} Lawful`, headers, body: Buffer.from(body) };
}

function send({ socket }: Visit, wire: Wire): void {
  const bytes = bytesOf(wire);
  const { cut, pieces } = wire;
  if (cut) {
    socket.write(bytes.subarray(0, cut.at), () => {
      if (cut.how === 'reset') socket.resetAndDestroy();
      if (cut.how === 'close') socket.destroy();
    });
    return;
  }
  if (!pieces) return void socket.end(bytes);
  for (let at = 0; at < Math.min(bytes.length, 400); at += pieces)
    socket.write(bytes.subarray(at, Math.min(at + pieces, 400)));
  socket.end(bytes.subarray(400));
}
