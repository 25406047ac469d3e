import { formOf, messagesOf } from '../trace/body.ts';
import { STEP_IDS } from '../trace/format.ts';
import type { Exchange } from '../trace/schema.ts';
import type { Role, View } from '../trace/view.ts';

/** What an exchange is in a run, whatever its URL: how two runs are laid side by side. */
export interface Place {
  readonly step: string;
  readonly role: Role;
  /** JSON-RPC method, grant type, well-known name or a page's method; null where the role says it all. */
  readonly name: string | null;
  /** 1 for the first of its step, role and name. */
  readonly occurrence: number;
}

/** An exchange and its place. */
export interface Placed {
  readonly exchange: Exchange;
  readonly place: Place;
  /** The place as one string, equal for equal places. */
  readonly key: string;
}

/** The same exchange in both runs, or the only one there is. */
export interface Pair {
  readonly place: Place;
  readonly before: Exchange | undefined;
  readonly after: Exchange | undefined;
}

/** Gives every exchange its place, in the order of the log. */
export function placesOf(view: View): readonly Placed[] {
  const counts = new Map<string, number>();
  return view.exchanges.map((exchange) => {
    const role = view.role(exchange);
    const name = nameOf(exchange, role);
    const kind = JSON.stringify([exchange.step, role, name]);
    const occurrence = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, occurrence);
    const place = { step: exchange.step, role, name, occurrence };
    return { exchange, place, key: `${kind} ${occurrence}` };
  });
}

/** Lays two runs side by side, in an order that does not depend on which run comes first. */
export function alignPlaces(before: readonly Placed[], after: readonly Placed[]): readonly Pair[] {
  const others = new Map(after.map(({ exchange, key }) => [key, exchange]));
  const known = new Set(before.map(({ key }) => key));
  const paired = before.map(({ exchange, place, key }) => ({
    place,
    before: exchange,
    after: others.get(key),
  }));
  const rest = after
    .filter(({ key }) => !known.has(key))
    .map(({ exchange, place }) => ({ place, before: undefined, after: exchange }));
  return [...paired, ...rest].sort((a, b) => comparePlaces(a.place, b.place));
}

/** The place for people: `token (refresh_token) 2`. */
export function titleOf(place: Pick<Place, 'role' | 'name' | 'occurrence'>): string {
  const name = place.name ? ` (${place.name})` : '';
  return `${place.role}${name}${place.occurrence > 1 ? ` ${place.occurrence}` : ''}`;
}

/** Where a step stands in the sequence; unknown ones last. */
export function stepOrder(step: string | null): number {
  if (step === null) return -1;
  const index = (STEP_IDS as readonly string[]).indexOf(step);
  return index < 0 ? STEP_IDS.length : index;
}

function comparePlaces(a: Place, b: Place): number {
  return (
    stepOrder(a.step) - stepOrder(b.step) ||
    compareText(a.step, b.step) ||
    a.occurrence - b.occurrence ||
    compareText(a.role, b.role) ||
    compareText(a.name ?? '', b.name ?? '')
  );
}

/** Order by code unit: the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A server's own log and extra requests are kept apart from what a plain run sends. */
function nameOf(exchange: Exchange, role: Role): string | null {
  const name = plainNameOf(exchange, role);
  const aside = [
    exchange.channel === 'probe' ? 'probe' : '',
    exchange.seen_by === undefined ? '' : `in the log of ${exchange.seen_by}`,
  ].filter((part) => part !== '');
  return aside.length === 0 ? name : [name ?? '', ...aside].join(' ').trim();
}

function plainNameOf(exchange: Exchange, role: Role): string | null {
  const { request } = exchange;
  if (role === 'page') return request.method;
  if (role === 'token') return formOf(exchange).get('grant_type');
  if (role === 'mcp') {
    const methods = messagesOf(request.body).map(({ method }) =>
      typeof method === 'string' ? method : 'response',
    );
    return methods.join(' ') || request.method;
  }
  return /\/\.well-known\/([a-z-]+)/.exec(request.url)?.[1] ?? null;
}
