import { isObject, parseJson } from '../../../trace/body.ts';
import type { Host } from '../network.ts';
import { basic } from '../remote-tokens.ts';
import type { Tool } from '../tool-server.ts';
import { ACCESS_TOKEN, TOKEN_EXCHANGE } from './token.ts';

/** Prices, as the API gives them. */
export const STOCKS = [
  { id: 'COM1', name: 'Company 1', price: 450.22 },
  { id: 'COM2', name: 'Company 2', price: 250.62 },
  { id: 'COM3', name: 'Company 3', price: 21.07 },
] as const;

/** Where the tool gets a token for the API, and where the API is. */
export interface StocksApi {
  readonly tokenUrl: string;
  readonly id: string;
  readonly secret: string;
  /** Identifier of the API. */
  readonly audience: string;
  readonly url: string;
}

/** A tool that asks the API with a token made for it: the caller's own is for the MCP server alone. */
export function stocksTool(host: Host, api: StocksApi): Tool {
  return {
    name: 'list_stocks',
    describe: 'Lists current prices of stocks.',
    takes: 'nothing',
    run: async (_, caller) => {
      const token = await exchange(host, api, caller.token);
      const { status, body } = await host.ask({
        url: api.url,
        headers: [
          ['authorization', `Bearer ${token}`],
          ['accept', 'application/json'],
        ],
      });
      if (status !== 200) throw new Error(`the stocks API answered with ${status}`);
      return body;
    },
  };
}

/** @see RFC 8693 section 2.1 */
async function exchange(
  host: Host,
  { tokenUrl, id, secret, audience }: StocksApi,
  token: string,
): Promise<string> {
  const { status, body } = await host.ask({
    method: 'POST',
    url: tokenUrl,
    headers: [
      ['authorization', basic(id, secret)],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ],
    body: new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      audience,
    }).toString(),
  });
  const document = parseJson(body);
  if (status !== 200 || !isObject(document))
    throw new Error(`the token endpoint answered the exchange with ${status}`);
  return String(document.access_token);
}
