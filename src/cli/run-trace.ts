import { Chalk } from 'chalk';
import type { Consent } from '../consent/consent.ts';
import { perform } from '../flow/perform.ts';
import { findCause } from '../rules/cause.ts';
import { judge } from '../rules/judge.ts';
import { createMask, type KnownSecret, redact } from '../trace/redact.ts';
import type { Trace } from '../trace/schema.ts';
import { type Credentials, chooseConsent, readCredentials } from './consent.ts';
import { crashReport } from './crash.ts';
import { prepareDestination } from './destination.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type Io, isColored } from './io.ts';
import { createNarration, type Narration, quietNarration } from './narration.ts';
import { saveTrace } from './save-trace.ts';
import { readSettings, type Settings } from './settings.ts';
import type { TraceCommandOptions } from './trace-options.ts';
import { judgeAs, verdictCode } from './verdict.ts';

/** What a command knows that the options do not say. */
export interface RunContext {
  readonly source: string;
  readonly consent?: Consent;
  readonly credentials?: Credentials;
}

/** Runs the sequence once: check everything, run, save, judge, report. */
export async function runTrace(
  url: string,
  options: TraceCommandOptions,
  io: Io,
  context: RunContext,
): Promise<ExitCode> {
  const settings = readSettings(url, options, io);
  const credentials = context.credentials ?? readCredentials(options, io);
  const consent = context.consent ?? chooseConsent(options, credentials, io);
  const destination = prepareDestination(options, io);
  const known = knownSecrets(settings, credentials);
  const narration = narrate(options, known, io);

  const interrupt = new AbortController();
  const stopListening = io.onInterrupt(() => interrupt.abort());
  const { trace: raw, ...ended } = await perform({
    ...settings,
    timeout: options.timeout,
    maxBody: options.maxBody,
    headers: options.header,
    consent,
    username: credentials.username ?? null,
    source: context.source,
    signal: interrupt.signal,
    observer: narration,
    say: narration.say,
    ask: io.ask,
  }).finally(stopListening);
  narration.stop();

  const clean = redact(raw, known);
  const saved = saveTrace(options.redact ? clean : raw, known, destination, options, io);
  return await conclude(clean, saved, options, io, ended);
}
