/** Why the first request, the one without a token, was of no use. */
import { quoted } from '../oauth/quoted.ts';
import type { Exchange } from '../trace/schema.ts';
import type { Explanation } from './cause-explanation.ts';
import { whatPlaceSaid, withoutQuery } from './evidence.ts';
import { isNoEndpoint, speaksJsonRpc } from './mcp-call.ts';

/** Explains a URL that knows no POST, or says something else than MCP; undefined for others. */
export function explainChallenge(exchange: Exchange): Explanation | undefined {
  if (!isNoEndpoint(exchange) && !isOtherService(exchange)) return undefined;
  const url = quoted(withoutQuery(exchange.request.url));
  return {
    message: `${whatPlaceSaid(exchange, url)}, expected 401 from an MCP endpoint`,
    fault: 'deployment',
    fix: 'Nothing takes MCP messages at this URL: check host and path. The path counts to the letter: /mcp, /mcp/ and / are three addresses, and often only one of them answers.',
  };
}

function isOtherService({ response }: Exchange): boolean {
  return response?.status === 200 && !speaksJsonRpc(response.body);
}
