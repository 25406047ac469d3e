import { claudeDesktop } from '../../src/clients/claude-desktop.ts';
import { form } from '../../src/consent/form.ts';
import { type Performance, type Performed, perform } from '../../src/flow/perform.ts';
import { judge } from '../../src/rules/judge.ts';
import type { Trace } from '../../src/trace/schema.ts';

/** One headless run against a server, with the form driver as the user. */
export async function runHeadlessly(
  url: string,
  credentials: { readonly username: string; readonly password: string },
  other: {
    readonly flow?: Partial<Performance['flow']>;
    readonly connection?: Partial<Performance['connection']>;
  } = {},
): Promise<Performed> {
  const silent = { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} };
  return await perform({
    flow: {
      url,
      profile: claudeDesktop,
      revision: 'auto',
      lenient: false,
      authorizeParameters: [],
      callback: { host: '127.0.0.1', port: 0, path: '/callback' },
      consentTimeout: 60_000,
      keep: false,
      ...other.flow,
    },
    connection: { timeout: 60_000, ...other.connection },
    timeout: 60_000,
    maxBody: 256 * 1024,
    userAgent: 'interop',
    headers: [],
    consent: form(credentials),
    username: credentials.username,
    source: 'trace',
    signal: new AbortController().signal,
    observer: silent,
    say: () => {},
    ask: async () => '',
  });
}

/** What the rules find in a trace: severity and rule. */
export function findingsIn(trace: Trace): readonly string[] {
  return judge(trace).findings.map(({ rule, severity }) => `${severity} ${rule.id}`);
}

/** How each step of a run ended. */
export function stepsIn({ sequence_summary: { steps } }: Trace): readonly string[] {
  return steps.map(({ id, outcome }) => `${id} ${outcome}`);
}

/** What `stepsIn` gives for a run in which every step did its work. */
export const ALL_DONE = [
  'challenge done',
  'resource-metadata done',
  'server-metadata done',
  'registration done',
  'authorization done',
  'token done',
  'call done',
  'refresh done',
  'cleanup done',
];
