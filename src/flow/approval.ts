import { ConsentError, type ConsentTools } from '../consent/consent.ts';
import type { Callback, Loopback } from '../http/loopback.ts';
import { StepFailure, type Tools } from './step.ts';

/** Waits for the matching callback, as long as a human may take. */
export async function waitForApproval(
  url: string,
  state: string,
  loopback: Loopback,
  answer: Pick<ConsentTools, 'redirectUri' | 'needsIss'>,
  tools: Tools,
): Promise<Callback> {
  const { consentTimeout } = tools.options;
  const patience = AbortSignal.timeout(consentTimeout);
  const signal = AbortSignal.any([tools.signal, patience]);
  const arrived = loopback.expect(state);
  const { http, say, ask, consent } = tools;
  const driven = consent
    .approve(url, { ...answer, http, signal, say, ask })
    .then((final) => afterApproval(final, arrived, loopback, tools));
  const gaveUp = new Promise<never>((_, reject) => {
    const stop = (): void => reject(giveUp(tools.signal.aborted, consentTimeout, loopback));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Whichever loses the race must not become an unhandled rejection.
  driven.catch(() => {});
  return Promise.race([arrived, driven, gaveUp]);
}

/** What is left to do once the way of approving has done its part. */
async function afterApproval(
  final: string | undefined,
  arrived: Promise<Callback>,
  loopback: Loopback,
  { consent, http }: Tools,
): Promise<Callback> {
  // What the user pasted takes the same way as a callback from a browser.
  if (final !== undefined) await http.send({ url: final, recorded: false });
  const waits = final === undefined && consent.name !== 'form';
  const rejection = loopback.rejections().at(-1);
  if (waits) return arrived;
  const missing = new StepFailure(
    rejection
      ? `the callback was not accepted: ${rejection}`
      : 'no callback reached the listener, expected one with code and state',
  );
  return Promise.race([arrived, settledLater(missing)]);
}

/** Loses against a promise that is already settled. */
async function settledLater(error: Error): Promise<never> {
  await new Promise((resolve) => setImmediate(resolve));
  throw error;
}

function giveUp(interrupted: boolean, timeout: number, loopback: Loopback): Error {
  if (interrupted) return new ConsentError('page-error', 'interrupted while waiting for approval');
  const seen = loopback.rejections();
  const others =
    seen.length > 0 ? `; ${seen.length} other callbacks came, the last because ${seen.at(-1)}` : '';
  return new StepFailure(
    `no callback came within ${timeout / 1000} s, expected one with code and state${others}`,
  );
}
