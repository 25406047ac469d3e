import { STEPS } from '../../spec/steps.ts';
import { metadataDocumentClient } from '../client-metadata-document.ts';
import { preregisteredClient } from '../preregistered.ts';
import { register } from '../register.ts';
import { type Client, defineStep, type Facts, StepFailure, type Tools } from '../step.ts';

/** Obtains an identity: the user's own, a kept one, a metadata document, else dynamic registration. */
export const registration = defineStep({
  id: 'registration',
  ...STEPS.registration,
  needs: ['server'],
  async run(facts, tools) {
    const { redirectUri } = await tools.loopback();
    return { client: await identify(facts, redirectUri, tools) };
  },
});

/**
 * The order that the specification names.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization#client-registration-approaches
 */
async function identify(
  facts: Pick<Facts, 'server'> & Partial<Facts>,
  redirectUri: string,
  tools: Tools,
): Promise<Client> {
  const { metadata, issuer } = facts.server;
  const { options } = tools;
  if (options.clientId !== undefined || options.grant === 'jwt_bearer')
    return preregisteredClient(metadata, redirectUri, tools);
  if (options.clientMetadataUrl !== undefined) {
    if (metadata.client_id_metadata_document_supported === true)
      return await metadataDocumentClient(options.clientMetadataUrl, redirectUri, tools);
    tools.note('the server takes no client ID metadata documents: registered instead');
  }
  const stored = await storedClient(issuer, tools);
  if (stored) return stored;
  if (metadata.registration_endpoint === undefined)
    throw new StepFailure(
      'the metadata names no registration_endpoint and no client id was given; ' +
        'pass --client-id with the id of a client registered at the authorization server' +
        (metadata.client_id_metadata_document_supported === true
          ? ', or --client-metadata-url with the URL of a client ID metadata document'
          : ''),
    );
  return keep(
    await register(facts, metadata.registration_endpoint, redirectUri, tools),
    issuer,
    tools,
  );
}

/** Puts a new client into the user's store, where there is one. */
function keep(client: Client, issuer: string, { options, note }: Tools): Client {
  if (!options.clients) return client;
  const { management: _, origin: __, ...kept } = client;
  const problem = options.clients.keep(issuer, kept);
  if (problem === undefined) return { ...client, origin: 'kept-now' };
  note(`the client was not kept: ${problem}`);
  return client;
}

/** A client of an earlier run at this very issuer, where its redirect can be listened on again. */
async function storedClient(issuer: string, tools: Tools): Promise<Client | undefined> {
  const stored = tools.options.clients?.find(issuer);
  if (!stored) return undefined;
  const { hostname, port, pathname } = new URL(stored.redirectUri);
  const place = { host: hostname, port: Number(port), path: pathname };
  const moved = await tools.loopback(place).then(
    (loopback) => loopback.redirectUri === stored.redirectUri,
    () => false,
  );
  if (!moved) {
    tools.note(`the kept client's redirect ${stored.redirectUri} cannot be listened on`);
    return undefined;
  }
  tools.note('used the client kept from an earlier run at this issuer');
  return { ...stored, origin: 'kept-earlier' };
}
