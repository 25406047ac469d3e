import { type Account, type AccountFinding, createAccount } from '../consent/account.ts';
import { type Consent, ConsentError, type ConsentTools } from '../consent/consent.ts';
import type { DriverOptions } from '../consent/driver.ts';
import { checkLogin, type LoginFinding } from '../consent/login-check.ts';
import { createHttp } from '../http/client.ts';
import { openConnections } from '../http/connection.ts';
import { HttpError } from '../http/http.ts';
import { createRecorder, milliseconds } from '../http/recorder.ts';
import type { StepRecord } from '../trace/schema.ts';
import { createAddressGuard } from './address-guard.ts';
import { assemble } from './assemble.ts';
import { type Performance, type Performed, perform } from './perform.ts';
import { Refusal } from './step.ts';
import { TOOL } from './tool.ts';

/** An errand in a user's name, with everything a run needs to know but how to approve. */
export type Errand = Omit<Performance, 'consent'>;

/** What an errand came to, and the raw trace of the way there. */
export interface ErrandDone<F> extends Performed {
  /** `unreached` when the sequence ended before its login page: the trace says why. */
  readonly finding: F | { readonly kind: 'unreached'; readonly message: string };
}

/**
 * Creates a user by a server's own sign-up form: the one at `registerPath`, else the one that its
 * login page leads to, which the sequence finds. What was registered on the way is cleaned up.
 */
export async function createUser(
  wanted: Errand,
  account: Account,
  registerPath?: string,
): Promise<ErrandDone<AccountFinding>> {
  const { url } = wanted.flow;
  return registerPath === undefined
    ? beforeApproval(wanted, (page, tools) => createAccount(page, account, tools))
    : alone(wanted, (tools) => createAccount(new URL(registerPath, url).href, account, tools));
}

/** Says whether a user can log in; nothing is approved. */
export async function checkUser(
  wanted: Errand,
  credentials: DriverOptions,
): Promise<ErrandDone<LoginFinding>> {
  return beforeApproval(wanted, (page, tools) => checkLogin(page, credentials, tools));
}

/** Runs the sequence as far as its login page, does the errand there, and stops on purpose. */
async function beforeApproval<F extends { readonly message: string }>(
  wanted: Errand,
  errand: (url: string, tools: ConsentTools) => Promise<F>,
): Promise<ErrandDone<F>> {
  let finding: F | undefined;
  const consent: Consent = {
    name: 'form',
    approve: async (url, tools) => {
      finding = await errand(url, tools);
      throw new Refusal(`${finding.message}; nothing was approved`);
    },
  };
  const performed = await perform({ ...wanted, consent });
  const { reason } = performed.trace.sequence_summary;
  return { ...performed, finding: finding ?? unreached(reason) };
}

function unreached(reason: string | null): {
  readonly kind: 'unreached';
  readonly message: string;
} {
  return { kind: 'unreached', message: reason ?? 'the sequence never came to a login page' };
}

/** Does an errand without a sequence, recorded as one step of the user's browser. */
async function alone<F extends { readonly kind: string; readonly message: string }>(
  wanted: Errand,
  errand: (tools: ConsentTools) => Promise<F>,
): Promise<ErrandDone<F>> {
  const { flow, connection, signal, say, ask, observer } = wanted;
  const started = new Date();
  const began = performance.now();
  const guard = createAddressGuard(flow);
  const connections = openConnections({ ...connection, guard });
  const recorder = createRecorder((exchange) => observer.exchange(exchange));
  const http = createHttp({ ...wanted, connections, recorder, guard })('authorization');
  try {
    const finding = await errand({ http, signal, say, ask, redirectUri: '' }).catch(told);
    const durationMs = milliseconds(performance.now() - began);
    const log = recorder.log();
    const record: StepRecord = {
      id: 'authorization',
      outcome: finding.kind === 'unreached' ? 'failed' : 'refused',
      reason: finding.message,
      exchanges: log.map(({ id }) => id),
      duration_ms: durationMs,
    };
    const trace = assemble({ facts: {}, steps: [record] }, log, flow, {
      tool: TOOL,
      started,
      durationMs,
      username: wanted.username,
      consent: 'form',
      source: wanted.source,
      insecure: connection.insecure === true,
    });
    return { trace, finding };
  } finally {
    await connections.close();
  }
}

/** What a server or its pages did is a finding; anything else is ours to mend. */
function told(error: unknown): ReturnType<typeof unreached> {
  if (error instanceof HttpError || error instanceof ConsentError) return unreached(error.message);
  throw error;
}
