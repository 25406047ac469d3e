/** Longer texts are seldom met twice. */
const LONGEST_KEY = 300;
/** Enough for the headers and members of a run; a hostile one shall not fill the memory. */
const MOST_ENTRIES = 20_000;

/** A pure function of a text that remembers what it made of short ones. */
export function remembered<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST_KEY) return make(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size < MOST_ENTRIES) known.set(text, made);
    return made;
  };
}
