/** Longer texts are seldom met twice. */
const LONGEST_KEY = 300;
/** Enough for the headers and members of a run; a hostile one shall not fill the memory. */
const MOST_ENTRIES = 20_000;

/** A pure function of a text that remembers what it made of short ones, as many as `most`. */
export function remembered<T>(make: (text: string) => T, most = MOST_ENTRIES): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST_KEY) return make(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size < most) known.set(text, made);
    return made;
  };
}

/** Pointers, and names or values at each, that an ordinary run has. */
const [MOST_POINTERS, MOST_AT_EACH] = [1_000, 100];

/** The same for what is known by a pointer and a text. */
export function rememberedAt<T>(
  make: (pointer: string, text: string) => T,
): (pointer: string, text: string) => T {
  const at = remembered(
    (pointer) => remembered((text) => make(pointer, text), MOST_AT_EACH),
    MOST_POINTERS,
  );
  return (pointer, text) => at(pointer)(text);
}
