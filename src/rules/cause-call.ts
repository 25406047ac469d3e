/** Why a call of the MCP server with a token was of no use. */
import { quoted } from '../oauth/quoted.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import { isObject } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import type { Explanation, Failed } from './cause-explanation.ts';
import { whatPlaceSaid } from './evidence.ts';
import { type McpCall, mcpCalls, nameOf } from './mcp-call.ts';

/** Explains a refused call; undefined for one that was answered as it should be. */
export function explainCall({ view }: Failed, exchange: Exchange): Explanation | undefined {
  const call = mcpCalls(view).find((one) => one.exchange === exchange);
  const status = exchange.response?.status ?? 0;
  const mistake = call && status !== 401 && status !== 403 ? mistakeOf(view, call) : undefined;
  if (mistake) return mistake;
  if (status < 400)
    return call?.error && { message: answerTo(call), fault: 'mcp-server', fix: LOG };
  const isNotice = call?.method?.startsWith('notifications/') ?? false;
  return {
    message: `${isNotice ? call?.method : 'the MCP request'} with the token failed: ${whatPlaceSaid(exchange, 'the MCP server')}, expected ${isNotice ? '202' : '200'}`,
    fault: status === 401 ? 'deployment' : 'mcp-server',
    fix: FIXES[status] ?? (status >= 500 ? LOG : isNotice ? NOTICE : READ),
  };
}

const READ = 'Read what the server says of the request, and its log.';

const NOTICE =
  'Take notifications, which have no id and get no response: answer 202 with an empty body.';

const LOG = 'The MCP server failed: its log has the reason.';

const NO_POST =
  'Nothing takes this message there: check the URL, and that every instance behind it takes POST.';

const FIXES: Readonly<Record<number, string>> = {
  401: 'The access token is invalid or expired in the eyes of the MCP server: compare its issuer, audience, keys and clock with the authorization server’s.',
  403: 'The token is good and not enough: name the missing scope in a Bearer challenge, or look for a firewall in front of the server.',
  404: 'Nothing answers there: check the URL, or the session was lost between two instances.',
  405: NO_POST,
  406: 'Answer clients that accept application/json and text/event-stream.',
  429: 'The server limits requests: wait, or raise the limit.',
  501: NO_POST,
};

/** What whoever chose the revision, or the tool and its arguments, got wrong. */
function mistakeOf(view: View, call: McpCall): Explanation | undefined {
  const { asked } = view.trace.metadata.revision;
  if (asked !== 'auto' && refusesVersion(call))
    return {
      message: answerTo(call),
      fault: 'user',
      fix: `The server does not speak ${asked}, which was asked for: ask for a revision that it names, or leave the choice to it (--revision auto).`,
    };
  if (call.method !== 'tools/call' || !call.error) return undefined;
  const { name } = call.params;
  const listed = toolsListed(view);
  if (listed.length > 0 && !listed.includes(`${name}`))
    return {
      message: `tools/call names ${quoted(name)}, which the server does not list: ${answerTo(call)}`,
      fault: 'user',
      fix: `Name one of the tools that the server lists for this user: ${listed.slice(0, SHOWN).map(quoted).join(', ')}${listed.length > SHOWN ? ', …' : ''}.`,
    };
  return call.error.code === RPC_ERROR.invalidParams
    ? {
        message: answerTo(call),
        fault: 'user',
        fix: `Compare the arguments (--args) with the inputSchema of ${quoted(name)} in the answer to tools/list.`,
      }
    : undefined;
}

/** By the code of 2026-07-28, or in words: the v1 SDK has no code of its own for it. */
function refusesVersion({ error, status }: McpCall): boolean {
  if (error?.code === RPC_ERROR.unsupportedVersion) return true;
  return status === 400 && /\bunsupported protocol version\b/i.test(`${error?.message}`);
}

const SHOWN = 10;

function toolsListed(view: View): readonly string[] {
  const tools = mcpCalls(view).flatMap(({ result }) =>
    Array.isArray(result?.tools) ? result.tools : [],
  );
  const names = tools.filter(isObject).flatMap((tool) => stringMember(tool, 'name') ?? []);
  return [...new Set(names)];
}

function answerTo(call: McpCall): string {
  const { code, message } = call.error ?? {};
  return `${nameOf(call)} was answered with JSON-RPC error ${quoted(code)} ${quoted(message ?? '')}, expected a result`;
}
