/** Where the client shows its access token, and where it must not. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, oauth21 } from '../spec/references.ts';
import { queryOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import { type Deviation, verdictOn } from './evidence.ts';
import { tokensByValue } from './issued-token.ts';
import { isAnswered, mcpCalls, nameOf, tokenOf } from './mcp-call.ts';
import { at, defineRule, inconclusive, notApplicable } from './rule.ts';

const tokenPlacement = defineRule({
  id: 'client-token-placement',
  step: 'call',
  fault: 'client',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'The access token stands in the Authorization header of every MCP request, and nowhere else.',
  why: 'URLs end up in logs and histories, and a token that follows a redirect to another host belongs to whoever runs it. A request without the token is refused in the middle of the conversation.',
  fix: 'Set the header on each request, GET and DELETE included, never put the token into a URL, and drop it when a redirect leaves the MCP server’s origin.',
  example: 'Authorization: Bearer <access token>',
  spec: [mcp('2026-07-28', 'basic/authorization#token-requirements'), oauth21('5.1.1')],
  judge(view) {
    const isUnread = view.tokenRequests().some(isCutSuccess);
    if (tokensByValue(view).size === 0 && !isUnread)
      return notApplicable('no access token was issued');
    const deviations = [
      ...view.exchanges.flatMap((exchange) => tokenInUrl(view, exchange)),
      ...tokensElsewhere(view),
      ...tokenMissing(view),
    ];
    return deviations.length > 0 || !isUnread
      ? verdictOn(deviations)
      : inconclusive('an answer of the token endpoint was cut: its token is not known');
  },
});

/** The rules about the place of a token. */
export const tokenPlacementRules = [tokenPlacement];

function isCutSuccess({ response }: Exchange): boolean {
  return response?.status === 200 && response.body?.truncated === true;
}

function tokenInUrl(view: View, exchange: Exchange): readonly Deviation[] {
  if (exchange.channel === 'probe' || !exchange.request.url.includes('?')) return [];
  const query = queryOf(exchange);
  const isShown =
    [...query.values()].some((value) => tokensByValue(view).has(value)) ||
    (view.role(exchange) === 'mcp' && query.has('access_token'));
  return isShown
    ? [
        {
          message: 'the access token stands in a URL, expected it in the Authorization header',
          evidence: at(exchange, '/request/url'),
        },
      ]
    : [];
}

function tokensElsewhere(view: View): readonly Deviation[] {
  const tokens = tokensByValue(view);
  const home = originOf(view.trace.metadata.server_url);
  const userinfo = stringMember(view.serverMetadata?.document, 'userinfo_endpoint');
  return view.exchanges
    .filter(({ channel }) => channel !== 'probe')
    .filter((exchange) => tokens.has(tokenOf(exchange) ?? ''))
    .filter(({ request: { url } }) => originOf(url) !== home && url !== userinfo)
    .map((exchange) => ({
      message: `the access token was sent to ${quoted(originOf(exchange.request.url))}, expected it to go to the MCP server only`,
      evidence: at(exchange, '/request/headers/authorization'),
    }));
}

/** A server that took a call with the token wants it on the next one too. */
function tokenMissing(view: View): readonly Deviation[] {
  const calls = mcpCalls(view);
  const first = calls.findIndex((call) => call.token !== undefined && isAnswered(call));
  return calls
    .slice(first < 0 ? calls.length : first)
    .filter(({ token, exchange }) => token === undefined && exchange.step !== 'challenge')
    .map((call) => ({
      message: `${nameOf(call)} carries no Authorization after the login, expected the token`,
      evidence: at(call.exchange, '/request/headers/authorization'),
    }));
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url.slice(0, 80);
}
