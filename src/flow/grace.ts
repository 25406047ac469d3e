/** Milliseconds that an interrupted run takes to leave nothing behind. */
const GRACE_MS = 3_000;

/** A signal that ends what is done after an interrupt: some seconds after it, or when `giveUp` says so. */
export function graceAfter(interrupt: AbortSignal, giveUp?: AbortSignal): AbortSignal {
  const grace = new AbortController();
  const end = (): void => grace.abort();
  interrupt.addEventListener('abort', () => setTimeout(end, GRACE_MS).unref(), { once: true });
  giveUp?.addEventListener('abort', end, { once: true });
  if (giveUp?.aborted) end();
  return grace.signal;
}
