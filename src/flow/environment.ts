import type { Consent, ConsentTools } from '../consent/consent.ts';
import type { AddressGuard, Http } from '../http/http.ts';
import type { Loopback, LoopbackOptions } from '../http/loopback.ts';
import type { Recorder } from '../http/recorder.ts';
import type { StepRecord } from '../trace/schema.ts';
import type { Step } from './step.ts';

/** Hears what happens while it happens: the narration on a terminal. */
export interface Observer {
  stepStarted(step: Step): void;
  stepEnded(record: StepRecord): void;
}

/** The world a run lives in: everything that touches network, clock or terminal. */
export interface RunEnvironment {
  readonly http: (step: string, signal: AbortSignal) => Http;
  /** What may be dialled; asked too for what only a browser opens. */
  readonly guard: AddressGuard;
  readonly recorder: Recorder;
  readonly consent: Consent;
  /** Interrupts the run. */
  readonly signal: AbortSignal;
  /** Ends what is done even after that. */
  readonly lastSignal: AbortSignal;
  readonly observer: Observer;
  readonly openLoopback: (options: LoopbackOptions) => Promise<Loopback>;
  readonly say: ConsentTools['say'];
  readonly ask: ConsentTools['ask'];
}
