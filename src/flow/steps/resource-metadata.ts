import { type ResourceMetadata, readResourceMetadata } from '../../oauth/documents.ts';
import { quoted } from '../../oauth/quoted.ts';
import { canonicalResource, compareResource } from '../../oauth/resource.ts';
import { resourceMetadataUrls } from '../../oauth/well-known.ts';
import { STEPS } from '../../spec/steps.ts';
import type { JsonObject } from '../../trace/body.ts';
import { absence, fetchDocument } from '../fetch-document.ts';
import { switches } from '../revision.ts';
import { defineStep, type Facts, StepFailure, type Tools } from '../step.ts';

/** Finds out which authorization server protects the MCP server. */
export const resourceMetadata = defineStep({
  id: 'resource-metadata',
  ...STEPS['resource-metadata'],
  needs: ['challenge'],
  async run({ challenge }, tools) {
    const { url } = tools.options;
    const noMetadata = { document: null, identifier: canonicalResource(url) };
    if (!switches(tools.options).resourceMetadata) return { resource: noMetadata };
    for (const place of places(url, challenge.bearer?.parameters.get('resource_metadata'), tools)) {
      const fetched = await fetchDocument(tools.http, place.url).catch((error: unknown) => ({
        kind: 'absent' as const,
        seen: absence(error),
      }));
      if (fetched.kind === 'document') return accept(fetched.document, place, tools);
      tools.note(`${place.url}: ${fetched.seen}`);
    }
    tools.note('no protected resource metadata: the layout of revision 2025-03-26 is tried');
    return { resource: noMetadata };
  },
});

interface Place {
  readonly url: string;
  /** What `resource` of the document must be. */
  readonly identifier: string;
}

/** The header's pointer, then the well-known places; each URL once. */
function places(url: string, pointer: string | undefined, tools: Tools): readonly Place[] {
  const wellKnown = resourceMetadataUrls(url);
  if (pointer === undefined) return wellKnown;
  if (!URL.canParse(pointer)) {
    tools.note(`resource_metadata is ${quoted(pointer)}, expected an absolute URL`);
    return wellKnown;
  }
  const pointed = { url: pointer, identifier: canonicalResource(url) };
  return [pointed, ...wellKnown.filter((place) => place.url !== pointer)];
}

function accept(json: JsonObject, place: Place, tools: Tools): Partial<Facts> {
  const { value: document, problems } = readResourceMetadata(json);
  for (const { message } of problems) tools.note(message);
  compare(document, place, tools);
  if (!document.authorization_servers?.[0] && !tools.options.authorizationServer)
    throw new StepFailure(
      `authorization_servers is ${quoted(json.authorization_servers)}, expected at least one issuer`,
    );
  const identifier = document.resource ?? canonicalResource(tools.options.url);
  return { resource: { document, identifier } };
}

/**
 * A document about another resource could steer tokens to it: a client must stop (RFC 9728 section
 * 3.3). Clients as they are compare with the MCP server, wherever the document was found.
 */
function compare({ resource }: ResourceMetadata, { identifier }: Place, tools: Tools): void {
  if (resource === identifier) return;
  const seen = `resource is ${quoted(resource)}, expected ${quoted(identifier)}`;
  const relation =
    resource === undefined
      ? 'invalid'
      : compareResource(resource, canonicalResource(tools.options.url));
  if (ACCEPTED.has(relation)) tools.note(seen);
  else tools.refuse(seen);
}

const ACCEPTED: ReadonlySet<ReturnType<typeof compareResource>> = new Set([
  'same',
  'trailing-slash',
  'parent-path',
]);
