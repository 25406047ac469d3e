/** Milliseconds that an interrupted run takes to leave nothing behind. */
const GRACE_MS = 3_000;

/** A signal that ends what is done after an interrupt: some seconds after it, or when `giveUp` says so. */
export function graceAfter(interrupt: AbortSignal, giveUp?: AbortSignal): AbortSignal {
  const grace = new AbortController();
  const end = (): void => grace.abort();
  heed(interrupt, () => setTimeout(end, GRACE_MS).unref());
  if (giveUp) heed(giveUp, end);
  return grace.signal;
}

/** Acts when the signal comes, or at once where it has come. */
function heed(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
