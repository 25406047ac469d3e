/** What callers without types hand over by mistake, told in a sentence rather than by a crash deeper down. */
import { fileURLToPath } from 'node:url';
import { isObject } from './body.ts';

/**
 * A glance at the parts of a trace, none at what is in them.
 * @throws {TypeError} saying what came instead. `taker` is who asks: `judge()`.
 */
export function requireTrace(value: unknown, taker: string): void {
  const lacks = Object.keys(PARTS).find((name) => !isObject(value) || !PARTS[name]?.(value[name]));
  if (lacks === undefined) return;
  const seen = told(value) === 'an object' ? `an object without ${lacks}` : told(value);
  throw new TypeError(`${taker} got ${seen}, expected a trace${advice(value)}`);
}

const PARTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  metadata: isObject,
  sequence_summary: isObject,
  secrets: Array.isArray,
  trace_log: Array.isArray,
};

function advice(value: unknown): string {
  if (isPromise(value)) return ': await is missing';
  return typeof value === 'string' ? ': readTrace(path) reads one' : '';
}

/**
 * The path of a trace file, also of a file URL.
 * @throws {TypeError} for what is neither.
 */
export function pathGiven(value: unknown, taker: string): string {
  if (typeof value === 'string') return value;
  const url = hrefOf(value);
  if (url?.startsWith('file:')) return fileURLToPath(url);
  throw new TypeError(`${taker} got ${told(value)}, expected the path of a trace file`);
}

/** The text of a URL object, whoever made its class: a page of jsdom has one of its own. */
export function hrefOf(value: unknown): string | undefined {
  return isObject(value) && typeof value.href === 'string' ? value.href : undefined;
}

const LONGEST_TOLD = 80;

/** A few words for a value: `undefined`, `a promise`, `"a.json"`. */
export function told(value: unknown): string {
  if (isPromise(value)) return 'a promise';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function cut(text: string): string {
  return text.length > LONGEST_TOLD ? `${text.slice(0, LONGEST_TOLD)}…` : text;
}

function isPromise(value: unknown): boolean {
  return isObject(value) && typeof value.then === 'function';
}
