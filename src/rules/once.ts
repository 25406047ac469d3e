import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';

/** The same reading, done once for each view however many rules ask. */
export function oncePerView<T>(read: (view: View) => T): (view: View) => T {
  const known = new WeakMap<View, { readonly value: T }>();
  return (view) => {
    const reading = known.get(view) ?? { value: read(view) };
    known.set(view, reading);
    return reading.value;
  };
}

/** The last item that an exchange could have known of; items stand in the order of their exchanges. */
export function latestBefore<T extends { readonly exchange: Exchange }>(
  items: readonly T[],
  { id }: Exchange,
): T | undefined {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.exchange.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}
