import { readFileSync } from 'node:fs';
import type { ConsentTools } from '../../../src/consent/consent.ts';
import { ConsentError } from '../../../src/consent/consent.ts';
import { type FormOptions, form } from '../../../src/consent/form.ts';
import { type PlainHttp, plainHttp } from './plain-http.ts';
import { openSite, type Site } from './site.ts';

/** Tools of a consent, with everything they heard. */
export interface HeardTools extends ConsentTools {
  readonly http: PlainHttp;
  readonly said: readonly string[];
}

/** Tools that keep what is said and answer every question the same way. */
export function heardTools(redirectUri: string, answer = ''): HeardTools {
  const said: string[] = [];
  return {
    http: plainHttp(),
    redirectUri,
    signal: new AbortController().signal,
    say: (line) => said.push(line),
    ask: async () => answer,
    said,
  };
}

/** A listener at `/callback` that takes whatever comes. */
export function openListener(): Promise<Site> {
  return openSite({ 'GET /callback': 'done', 'POST /callback': 'done' });
}

export interface Journey {
  readonly listener: Site;
  readonly tools: HeardTools;
  readonly result: string | undefined;
}

/** Drives the form consent from a URL to a fresh listener. */
export async function travel(
  url: string | ((redirectUri: string) => string),
  options: FormOptions = {},
): Promise<Journey> {
  const listener = await openListener();
  const redirectUri = `${listener.origin}/callback`;
  const tools = heardTools(redirectUri);
  const start = typeof url === 'string' ? url : url(redirectUri);
  const result = await form(options).approve(start, tools);
  return { listener, tools, result };
}

/** The error that a promise fails with, which must be a ConsentError. */
export async function consentErrorOf(promise: Promise<unknown>): Promise<ConsentError> {
  const outcome = await promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (outcome instanceof ConsentError) return outcome;
  throw new Error('expected a ConsentError', { cause: outcome });
}

/** The text of a login page of the fixtures. */
export function loginPage(name: string): string {
  return readFileSync(
    new URL(`../../../fixtures/login-pages/${name}.html`, import.meta.url),
    'utf8',
  );
}
