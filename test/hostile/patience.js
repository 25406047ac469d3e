/**
 * Imported into a process before the program: the longest timers, those of its requests, end by a
 * signal of the test and not by the clock of a machine that may be slow.
 */
const { setTimeout: start, clearTimeout: stop } = globalThis;

/** Milliseconds of `--timeout 86400`. */
const A_DAY = 86_400_000;

/** What each timer would do. */
const waiting = new Map();

globalThis.setTimeout = (act, ms, ...rest) => {
  const timer = start(act, ms, ...rest);
  if (ms === A_DAY) waiting.set(timer, act);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  waiting.delete(timer);
  stop(timer);
};
process.on('SIGUSR2', () => {
  for (const [timer, act] of waiting) {
    clearTimeout(timer);
    act();
  }
});
