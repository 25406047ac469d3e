/** Runs of the whole sequence, and the way of approving they use. */
import { claudeDesktop } from '../../src/clients/claude-desktop.ts';
import type { Consent } from '../../src/consent/consent.ts';
import { form } from '../../src/consent/form.ts';
import type { FlowOptions } from '../../src/flow/options.ts';
import { type Performance, type Performed, perform } from '../../src/flow/perform.ts';
import { headerValue } from '../../src/trace/headers.ts';
import type { Exchange, StepId, StepRecord } from '../../src/trace/schema.ts';

export interface Options extends Partial<Omit<Performance, 'flow' | 'connection'>> {
  readonly flow?: Partial<FlowOptions>;
  readonly connection?: Partial<Performance['connection']>;
}

export interface Result extends Performed {
  readonly outcome: string;
  readonly failedStep: string | null;
  readonly reason: string | null;
  /** The record of a step. */
  readonly step: (id: StepId) => StepRecord;
  /** Notes of a step, as one text. */
  readonly notes: (id: StepId) => string;
  /** `METHOD /path -> status or failure` of each exchange of a step. */
  readonly wire: (id: StepId) => readonly string[];
  readonly exchanges: (id: StepId) => readonly Exchange[];
}

/** Runs the sequence against a server on this machine. */
export async function runFlow(url: string, options: Options = {}): Promise<Result> {
  const { flow = {}, connection = {}, ...others } = options;
  const timeout = others.timeout ?? 60_000;
  const performed = await perform({
    flow: {
      url,
      profile: claudeDesktop,
      revision: 'auto',
      lenient: false,
      authorizeParameters: [],
      callback: { host: '127.0.0.1', port: 0, path: '/callback' },
      consentTimeout: 60_000,
      keep: false,
      ...flow,
    },
    connection: { timeout, ...connection },
    timeout,
    maxBody: 256 * 1024,
    userAgent: 'test/1',
    headers: [],
    consent: follow(),
    username: null,
    source: 'trace',
    signal: new AbortController().signal,
    observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} },
    say: () => {},
    ask: async () => '',
    ...others,
  });
  return readResult(performed);
}

function readResult(performed: Performed): Result {
  const { sequence_summary: summary, trace_log: log } = performed.trace;
  const exchanges = (id: StepId): readonly Exchange[] => log.filter(({ step }) => step === id);
  const step = (id: StepId): StepRecord => {
    const record = summary.steps.find((candidate) => candidate.id === id);
    if (!record) throw new Error(`no step ${id}`);
    return record;
  };
  return {
    ...performed,
    outcome: summary.outcome,
    failedStep: summary.failed_step,
    reason: summary.reason,
    step,
    notes: (id) => (step(id).notes ?? []).join('\n'),
    wire: (id) => exchanges(id).map(line),
    exchanges,
  };
}

function line({ request, response, failure }: Exchange): string {
  const { pathname } = new URL(request.url);
  return `${request.method} ${pathname} -> ${failure?.code ?? response?.status}`;
}

/** A user who approves at once: opens the URL and follows redirects up to the callback. */
export function follow(): Consent {
  return {
    name: 'form',
    approve: async (url, { http, redirectUri }) => {
      let next = url;
      let causedBy: number | null = null;
      while (!next.startsWith(redirectUri)) {
        const answer = await http.send({ url: next, channel: 'front', causedBy });
        const location = headerValue(answer.headers, 'location');
        if (location === undefined) return undefined;
        next = new URL(location, next).href;
        causedBy = answer.exchange;
      }
      await http.send({ url: next, recorded: false });
      return undefined;
    },
  };
}

/** A way of approving that does as told with the authorization URL. */
export function consentBy(approve: Consent['approve'], name: Consent['name'] = 'browser'): Consent {
  return { name, approve };
}

/** The reference server's user at its own forms. */
export function fillForms(): Consent {
  return form({ username: 'testuser', password: 'testpass' });
}
