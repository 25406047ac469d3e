import { Chalk } from 'chalk';
import type { Consent } from '../consent/consent.ts';
import { type Performed, perform } from '../flow/perform.ts';
import { createMask, type KnownSecret, redact } from '../trace/redact.ts';
import { type Credentials, chooseConsent, readCredentials } from './consent.ts';
import { crashReport } from './crash.ts';
import { prepareDestination } from './destination.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type Io, isColored } from './io.ts';
import { knownSecrets } from './known-secrets.ts';
import { createNarration, type Narration, quietNarration } from './narration.ts';
import { saveTrace } from './save-trace.ts';
import { readSettings, type Settings } from './settings.ts';
import { tell } from './tell.ts';
import type { TraceCommandOptions } from './trace-options.ts';
import { prepareJudging, runCode } from './verdict.ts';

/** What a command knows that the options do not say. */
export interface RunContext {
  /** As the trace names its maker. */
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
  const judging = prepareJudging(options, url);
  const destination = prepareDestination(options, io);
  const known = knownSecrets(settings, options, credentials);

  const narration = narrate(options, known, io);
  if (options.insecure) narration.say('Certificates are NOT verified (--insecure).');
  const performed = await performWatched(
    settings,
    options,
    consent,
    credentials,
    narration,
    context,
    io,
  );

  const saved = saveTrace(performed.trace, known, options.redact, destination, io);
  const trace = redact(performed.trace, known);
  const verdict = judging(trace);
  await tell({ trace, verdict, saved, format: options.format, io });
  if ('crash' in performed) {
    io.stderr(crashReport(performed.crash));
    return EXIT.crash;
  }
  return saved.failed ? EXIT.crash : runCode(trace, verdict, options);
}

/** The run itself; Ctrl-C ends it early and nothing is lost. */
async function performWatched(
  settings: Settings,
  options: TraceCommandOptions,
  consent: Consent,
  { username }: Credentials,
  narration: Narration,
  { source }: RunContext,
  io: Io,
): Promise<Performed> {
  const interrupt = new AbortController();
  const stopListening = io.onInterrupt(() => interrupt.abort());
  try {
    return await perform({
      ...settings,
      timeout: options.timeout,
      maxBody: options.maxBody,
      headers: options.header,
      consent,
      username: username ?? null,
      source,
      signal: interrupt.signal,
      observer: narration,
      say: narration.say,
      ask: io.ask,
    });
  } finally {
    stopListening();
    narration.stop();
  }
}

/** Narration on stderr: everything that passes is masked and made printable first. */
function narrate(options: TraceCommandOptions, known: readonly KnownSecret[], io: Io): Narration {
  const mask = createMask(known);
  const shared = {
    write: io.stderr,
    chalk: new Chalk({ level: isColored(io, 'stderr') ? 1 : 0 }),
    isTerminal: io.isTerminal.stderr && io.env.TERM !== 'dumb',
    verbose: options.verbose === true,
    mask,
  };
  return options.quiet ? quietNarration(shared) : createNarration(shared);
}
