import type { Consent } from '../consent/consent.ts';
import type { FlowOptions } from '../flow/options.ts';
import type { ConnectionOptions } from '../http/connection.ts';
import type { KnownSecret } from '../trace/redact.ts';
import { type Baseline, prepareBaseline } from './baseline.ts';
import { requireCallbackPort } from './callback-port.ts';
import { chooseWay, openConsent } from './consent.ts';
import { type Credentials, needsPassword, readCredentials, withPassword } from './credentials.ts';
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
  const given = context.credentials ?? readCredentials(options, io);
  const judging = await prepareJudging(options, url);
  const login = await prepareLogin(given, options, io, context);
  return {
    source: context.source,
    settings,
    ...login,
    judging,
    // Folders are made: not for a user who gives up over the password.
    destination: prepareDestination(options, io),
    reports: prepareReports(options.report, io),
    baseline: await prepareBaseline(options, io),
    known: knownSecrets(settings, options, login.credentials),
  };
}

/** Who logs in and how it is approved; the user may be asked for a password. */
async function prepareLogin(
  given: Credentials,
  options: TraceCommandOptions,
  io: Io,
  { consent }: RunContext,
): Promise<Pick<RunPlan, 'credentials' | 'consent'>> {
  if (consent) return { credentials: given, consent };
  const way = chooseWay(options, given, io);
  const isFilledIn = way === 'form' && options.grant === 'authorization_code';
  const credentials = isFilledIn && needsPassword(options) ? await withPassword(given, io) : given;
  return { credentials, consent: await openConsent(way, options, credentials, io) };
}
