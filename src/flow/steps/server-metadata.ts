import { readServerMetadata, type ServerMetadata } from '../../oauth/documents.ts';
import { compareIssuer } from '../../oauth/issuer.ts';
import { quoted } from '../../oauth/quoted.ts';
import { isSecureUrl } from '../../oauth/resource.ts';
import {
  legacyEndpoints,
  legacyMetadataUrl,
  originOf,
  serverMetadataUrls,
} from '../../oauth/well-known.ts';
import { REVISIONS, type Revision } from '../../spec/revisions.ts';
import { STEPS } from '../../spec/steps.ts';
import type { JsonObject } from '../../trace/body.ts';
import type { Header } from '../../trace/schema.ts';
import { absence, type Fetched, fetchDocument } from '../fetch-document.ts';
import type { FlowOptions } from '../options.ts';
import { switches } from '../revision.ts';
import { defineStep, type Facts, Refusal, StepFailure, type Tools } from '../step.ts';

/** Learns the endpoints of the authorization server. */
export const serverMetadata = defineStep({
  id: 'server-metadata',
  ...STEPS['server-metadata'],
  needs: ['resource'],
  async run({ resource }, tools) {
    const chosen =
      tools.options.authorizationServer ?? resource.document?.authorization_servers?.[0];
    const listed = resource.document?.authorization_servers ?? [];
    if (listed.length > 1 && chosen)
      tools.note(
        `${listed.length} authorization servers are listed; this run takes ${quoted(chosen)}`,
      );
    return { server: chosen ? await discover(chosen, tools) : await discoverLegacy(tools) };
  },
});

async function discover(issuer: string, tools: Tools): Promise<Facts['server']> {
  const { openidDiscovery } = switches(tools.options);
  const candidates = serverMetadataUrls(issuer, { openid: openidDiscovery });
  const seen: string[] = [];
  for (const { url } of candidates) {
    const fetched = await get(url, tools);
    if (fetched.kind === 'document') return accept(fetched.document, issuer, tools);
    seen.push(`${url}: ${fetched.seen}`);
  }
  throw new StepFailure(
    `no metadata for issuer ${quoted(issuer)}, expected a JSON object at one of: ${seen.join('; ')}`,
  );
}

const [FIRST_REVISION] = REVISIONS;

/** The layout of 2025-03-26: metadata at the root of the MCP origin, else default endpoints. */
async function discoverLegacy(tools: Tools): Promise<Facts['server']> {
  const { url } = tools.options;
  const issuer = originOf(url);
  const fetched = await get(legacyMetadataUrl(url), tools, FIRST_REVISION);
  if (fetched.kind === 'document') {
    const { value: metadata } = readServerMetadata(fetched.document);
    if (compareIssuer(metadata.issuer, issuer) !== 'same')
      tools.note(`issuer is ${quoted(metadata.issuer)}, expected ${quoted(issuer)}`);
    requireEndpoints(metadata, tools);
    return { issuer: metadata.issuer ?? issuer, metadata, published: true };
  }
  tools.note(`no metadata at ${fetched.seen}: the default endpoints of the origin are tried`);
  return { issuer, metadata: { issuer, ...legacyEndpoints(url) }, published: false };
}

async function get(
  url: string,
  tools: Tools,
  { id, versionHeaderOnDiscovery }: Revision = switches(tools.options),
): Promise<Fetched> {
  const headers: readonly Header[] = versionHeaderOnDiscovery ? [['mcp-protocol-version', id]] : [];
  return fetchDocument(tools.http, url, headers).catch((error: unknown) => ({
    kind: 'absent',
    seen: absence(error),
    exchange: 0,
  }));
}

function accept(json: JsonObject, issuer: string, tools: Tools): Facts['server'] {
  const { value: metadata, problems } = readServerMetadata(json);
  for (const { message } of problems) tools.note(message);
  if (compareIssuer(metadata.issuer, issuer) !== 'same')
    tools.refuse(`issuer is ${quoted(json.issuer)}, expected ${quoted(issuer)}`);
  requireEndpoints(metadata, tools);
  if (asksUser(tools.options)) requirePkce(metadata, tools);
  return { issuer: metadata.issuer ?? issuer, metadata, published: true };
}

/** The endpoints that the grant goes to, and no URL that a browser must not be given. */
function requireEndpoints(metadata: ServerMetadata, tools: Tools): void {
  const first = asksUser(tools.options) ? (['authorization_endpoint'] as const) : [];
  for (const name of [...first, 'token_endpoint'] as const) {
    const url = metadata[name];
    if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new StepFailure(`${name} is ${quoted(url)}, expected an absolute https URL`);
    const held = tools.guard.url(url);
    if (held !== undefined) throw new Refusal(`${name}: ${held}`);
    if (!isSecureUrl(url)) tools.refuse(`${name} is ${quoted(url)}, expected https`);
  }
}

/** Since 2025-11-25 a client must not go on where the metadata does not promise S256. */
function requirePkce(
  { code_challenge_methods_supported: methods }: ServerMetadata,
  tools: Tools,
): void {
  if (methods?.includes('S256')) return;
  const seen = `code_challenge_methods_supported is ${quoted(methods)}, expected it to list S256`;
  if (switches(tools.options).refusesWithoutPkceMethods) tools.refuse(seen);
  else tools.note(seen);
}

/** Only the code grant sends the user to the authorization endpoint. */
function asksUser({ grant = 'authorization_code' }: FlowOptions): boolean {
  return grant === 'authorization_code';
}
