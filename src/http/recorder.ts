import type { Socket } from 'node:net';
import type { Exchange } from '../trace/schema.ts';

/** What is known of an exchange before it has an id and an end. */
export type Draft = { -readonly [K in keyof Exchange]: Exchange[K] };

/** The log of a run: exchanges in the order in which they began. */
export interface Recorder {
  /** Gives a new exchange its id; it stands in the log from here on, unfinished. */
  begin(draft: Omit<Draft, 'id'>): Draft;
  /** Freezes an exchange and tells the observer. */
  finish(draft: Draft): void;
  /** Everything seen so far, unfinished exchanges as far as they came. */
  log(): readonly Exchange[];
}

/** Keeps the log. `onExchange` hears of each exchange once it is complete. */
export function createRecorder(onExchange: (exchange: Exchange) => void = () => {}): Recorder {
  const drafts: Draft[] = [];
  return {
    begin: (draft) => {
      const begun = { id: drafts.length + 1, ...draft };
      drafts.push(begun);
      return begun;
    },
    finish: (draft) => onExchange(Object.freeze(draft)),
    log: () => drafts.map((draft) => ({ ...draft })),
  };
}

/** Timing of an exchange that has not begun to move. */
export const NO_TIMING: Exchange['timing'] = {
  dns_ms: 0,
  connect_ms: 0,
  tls_ms: 0,
  wait_ms: 0,
  receive_ms: 0,
  total_ms: 0,
};

/** Milliseconds with three decimals, as the file holds them. */
export function milliseconds(value: number): number {
  return Math.max(0, Math.round(value * 1000) / 1000);
}

/** `address:port` of the other end of a connection; null when there is none. */
export function addressOf({ remoteAddress, remotePort }: Socket): string | null {
  if (!remoteAddress) return null;
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${host}:${remotePort}`;
}
