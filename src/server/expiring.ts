/** A map whose entries leave by themselves once their time is over. */
export interface Expiring<V> {
  readonly get: (key: string) => V | undefined;
  readonly set: (key: string, value: V) => void;
  /** The value, and with it the last chance to get it. */
  readonly take: (key: string) => V | undefined;
  readonly delete: (key: string) => void;
}

/**
 * Every entry lives equally long, so the oldest always stands first and clearing out is cheap.
 * @param now milliseconds
 */
export function createExpiring<V>(now: () => number, seconds: number): Expiring<V> {
  const entries = new Map<string, { readonly value: V; readonly until: number }>();
  const get = (key: string): V | undefined => {
    const entry = entries.get(key);
    return entry && entry.until > now() ? entry.value : undefined;
  };
  const clearOut = (): void => {
    for (const [key, { until }] of entries) {
      if (until > now()) return;
      entries.delete(key);
    }
  };
  return {
    get,
    set: (key, value) => {
      clearOut();
      entries.delete(key);
      entries.set(key, { value, until: now() + seconds * 1000 });
    },
    take: (key) => {
      const value = get(key);
      entries.delete(key);
      return value;
    },
    delete: (key) => {
      entries.delete(key);
    },
  };
}
