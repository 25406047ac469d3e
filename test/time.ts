/** Time that passes when a test says so, and never by itself. */
import { onTestFinished, vi } from 'vitest';

/** Stops the timers of our own code for one test; sockets go on. Gives the way to let time pass. */
export function stopTime(): (milliseconds: number) => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    const late = new AbortController();
    setTimeout(() => late.abort(new DOMException('late', 'TimeoutError')), milliseconds);
    return late.signal;
  });
  onTestFinished(() => {
    vi.useRealTimers();
    spy.mockRestore();
  });
  return (milliseconds) => void vi.advanceTimersByTime(milliseconds);
}
