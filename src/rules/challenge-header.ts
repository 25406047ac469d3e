/** The challenges of an answer of the MCP server. */
import { headerValues } from '../trace/headers.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, verdictOn, withoutAnswer } from './evidence.ts';
import { type McpCall, mcpCalls } from './mcp-call.ts';
import { at, type Verdict } from './rule.ts';

/** The values of its WWW-Authenticate headers. */
export function headersOf({ exchange }: McpCall): readonly string[] {
  return headerValues(exchange.response?.headers ?? [], 'www-authenticate');
}

/** Judges every answer that carries a WWW-Authenticate header. */
export function judgeHeaders(view: View, judge: (call: McpCall) => readonly Deviation[]): Verdict {
  const calls = mcpCalls(view).filter(({ challenges }) => challenges.length > 0);
  if (calls.length > 0) return verdictOn(calls.flatMap(judge));
  return withoutAnswer(
    'a message to the MCP server',
    mcpCalls(view),
    'no answer of the MCP server has a WWW-Authenticate header',
  );
}

/** Something wrong with the header of an answer. */
export function inHeader({ exchange }: McpCall, message: string): Deviation {
  return { message, evidence: at(exchange, '/response/headers/www-authenticate') };
}
