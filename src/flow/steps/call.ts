import { HttpError } from '../../http/http.ts';
import { McpError } from '../../mcp/error.ts';
import { type Challenge, findBearer, parseChallenges } from '../../oauth/challenge.ts';
import { readResourceMetadata } from '../../oauth/documents.ts';
import { quoted } from '../../oauth/quoted.ts';
import { parseScope, unionScope } from '../../oauth/scope.ts';
import { resourceMetadataUrls } from '../../oauth/well-known.ts';
import { STEPS } from '../../spec/steps.ts';
import { headerValues } from '../../trace/headers.ts';
import { converse } from '../converse.ts';
import { fetchDocument } from '../fetch-document.ts';
import type { FlowOptions } from '../options.ts';
import { asksForUnion } from '../revision.ts';
import { Again, defineStep, type Facts, StepFailure, type Tools } from '../step.ts';

/** Uses the token: the handshake, the list of tools, the tool the user named. */
export const call = defineStep({
  id: 'call',
  ...STEPS.call,
  needs: ['tokens'],
  async run(facts, tools) {
    try {
      const listsTools = facts.refused !== 'tools/call' || asksForUnion(tools.options);
      const { revision, tools: names } = await converse(facts, tools, {
        callsTool: true,
        listsTools,
      });
      tools.note(
        `speaks ${revision}${listsTools ? `; ${names.length} ${names.length === 1 ? 'tool' : 'tools'} listed` : ''}`,
      );
      return {};
    } catch (error) {
      if (!(error instanceof McpError)) throw error;
      await goBack(error, facts, tools);
      throw new StepFailure(error.message, { cause: error });
    }
  },
});

/**
 * Goes back where the refusal says how to do better: with more scope, or at another server.
 * @throws {Again}
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#step-up-authorization-flow
 */
async function goBack(error: McpError, facts: Partial<Facts>, tools: Tools): Promise<void> {
  if (error.code !== 'unauthorized' && error.code !== 'forbidden') return;
  const challenges = parseChallenges(headerValues(error.answer.headers, 'www-authenticate'));
  const challenge = findBearer(challenges);
  stepUp(error, challenge, facts, tools);
  if (error.code === 'unauthorized') await migrate(error, challenge, facts, tools);
}

function stepUp(
  error: McpError,
  challenge: Challenge | undefined,
  { asked }: Partial<Facts>,
  tools: Tools,
): void {
  const named = challenge?.parameters.get('scope');
  const isInsufficient = challenge?.parameters.get('error') === 'insufficient_scope';
  if (named === undefined || (error.code === 'forbidden' && !isInsufficient)) return;
  const had = parseScope(asked);
  // The same scope once more would get the same answer.
  if ([...parseScope(named)].every((scope) => had.has(scope))) return;
  const next = asksForUnion(tools.options) ? unionScope(asked, named) : named;
  const refused = error.method ?? '';
  throw new Again('authorization', { stepUp: next ?? named, refused }, error.message);
}

/** The metadata may have come to name another server since; its tokens are then worth nothing here. */
async function migrate(
  error: McpError,
  challenge: Challenge | undefined,
  { server, resource }: Partial<Facts>,
  tools: Tools,
): Promise<void> {
  const { http, options } = tools;
  if (!server || !resource?.document || options.authorizationServer !== undefined) return;
  const pointer = challenge?.parameters.get('resource_metadata');
  const url = pointer ?? resourceMetadataUrls(options.url)[0]?.url;
  if (url === undefined || !/^https?:\/\//i.test(url)) return;
  const fetched = await fetchDocument(http, url).catch(unreached);
  if (fetched?.kind !== 'document') return;
  const { value } = readResourceMetadata(fetched.document);
  const issuer = value.authorization_servers?.[0];
  if (issuer === undefined || issuer === server.issuer) return;
  const facts = { challenge: { exchange: error.answer.exchange, bearer: challenge } };
  const seen = `${error.message}; the metadata now names ${quoted(issuer)}`;
  if (bringsCredentials(options))
    tools.refuse(
      `${seen}, and what the user gave is for ${quoted(server.issuer)}: it is not sent elsewhere; ` +
        'pass --authorization-server to say where it belongs',
    );
  throw new Again('resource-metadata', facts, seen);
}

/** A registered client, an assertion: each is for one authorization server, whoever else asks for it. */
function bringsCredentials({ clientId, grant = 'authorization_code' }: FlowOptions): boolean {
  return clientId !== undefined || grant === 'jwt_bearer' || grant === 'enterprise';
}

/** Metadata that cannot be had names no other server: the refusal of the call stands. */
function unreached(error: unknown): undefined {
  if (!(error instanceof HttpError)) throw error;
}
