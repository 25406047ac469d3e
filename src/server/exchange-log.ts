import type { Exchange } from '../trace/schema.ts';
import { recordExchange } from './exchange.ts';
import type { Respond } from './listener.ts';

/** What the listeners of a server have handled. */
export interface ExchangeLog {
  readonly exchanges: readonly Exchange[];
  /** The same way to respond, each exchange being recorded before its answer goes out. */
  readonly watch: (respond: Respond) => Respond;
}

/** Exchanges kept in memory; a server may run for weeks. */
const REMEMBERED = 10_000;

/** One log for all listeners, its ids counting from 1. */
export function createExchangeLog(
  onExchange: (exchange: Exchange) => void = () => {},
): ExchangeLog {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    watch: (respond) => async (inbound) => {
      const answer = await respond(inbound);
      const exchange = recordExchange((exchanges.at(-1)?.id ?? 0) + 1, inbound, answer);
      exchanges.push(exchange);
      if (exchanges.length > REMEMBERED) exchanges.shift();
      onExchange(exchange);
      return answer;
    },
  };
}
