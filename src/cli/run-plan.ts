import type { Consent } from '../consent/consent.ts';
import type { FlowOptions } from '../flow/options.ts';
import type { ConnectionOptions } from '../http/connection.ts';
import type { KnownSecret } from '../trace/redact.ts';
import { type Baseline, prepareBaseline } from './baseline.ts';
import { requireCallbackPort } from './callback-port.ts';
import { type Credentials, chooseConsent, readCredentials } from './consent.ts';
import { type Destination, prepareDestination, prepareReports } from './destination.ts';
import type { Io } from './io.ts';
import { knownSecrets } from './known-secrets.ts';
import type { ReportFile } from './option-values.ts';
import { readSettings, type Settings } from './settings.ts';
import type { TraceCommandOptions } from './trace-options.ts';
import { type Judging, prepareJudging } from './verdict.ts';

/** What a command knows that the options do not say. */
export interface RunContext {
  /** As the trace names its maker. */
  readonly source: string;
  readonly consent?: Consent;
  readonly credentials?: Credentials;
  /** What no option can say. */
  readonly flow?: Partial<FlowOptions>;
  readonly connection?: Partial<ConnectionOptions>;
}

/** Everything a run needs, read and checked. */
export interface RunPlan {
  readonly source: string;
  readonly settings: Settings;
  readonly credentials: Credentials;
  readonly consent: Consent;
  readonly judging: Judging;
  readonly destination: Destination;
  readonly reports: readonly ReportFile[];
  readonly baseline: Baseline | undefined;
  readonly known: readonly KnownSecret[];
}

/**
 * Reads and checks everything that can be wrong before the first request is made.
 * @throws {UserError}
 */
export async function planRun(
  url: string,
  options: TraceCommandOptions,
  io: Io,
  context: RunContext,
): Promise<RunPlan> {
  const read = await readSettings(url, options, io);
  const settings = {
    ...read,
    flow: { ...read.flow, ...context.flow },
    connection: { ...read.connection, ...context.connection },
  };
  await requireCallbackPort(settings.flow);
  const credentials = context.credentials ?? readCredentials(options, io);
  return {
    source: context.source,
    settings,
    credentials,
    consent: context.consent ?? (await chooseConsent(options, credentials, io)),
    judging: await prepareJudging(options, url),
    destination: prepareDestination(options, io),
    reports: prepareReports(options.report, io),
    baseline: await prepareBaseline(options, io),
    known: knownSecrets(settings, options, credentials),
  };
}
