import type { Header } from './schema.ts';

/** Every value of a header, in order; names compare without case. */
export function headerValues(headers: readonly Header[], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const [key, value] of headers) if (isNamed(key, wanted)) values.push(value);
  return values;
}

/** The first value of a header, or undefined. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of headers) if (isNamed(key, wanted)) return value;
  return undefined;
}

/** Rules ask this of every header of a long trace: most names differ in length already. */
function isNamed(key: string, wanted: string): boolean {
  return key.length === wanted.length && (key === wanted || key.toLowerCase() === wanted);
}

/** The media type of a `content-type` value: lower case, without parameters; empty for none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
