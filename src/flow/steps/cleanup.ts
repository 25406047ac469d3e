import { type Answer, HttpError } from '../../http/http.ts';
import { quoted } from '../../oauth/quoted.ts';
import { STEPS } from '../../spec/steps.ts';
import { isUnserved } from '../../trace/unserved.ts';
import { sameOrigin } from '../fetch-document.ts';
import { refusedAnswer } from '../refused-answer.ts';
import { defineStep, type Facts, type Holding, Skipped, type Tools } from '../step.ts';
import { httpErrorIn, oauthClient } from '../token-request.ts';

/** Leaves nothing behind where the server lets us: tokens revoked, the client deleted. */
export const cleanup = defineStep({
  id: 'cleanup',
  ...STEPS.cleanup,
  needs: [],
  isDueAnyway: true,
  async run(facts, tools) {
    const holdings = holdingsOf(facts);
    if (holdings.length === 0) throw new Skipped('nothing was registered');
    if (tools.options.keep) throw new Skipped(`kept, as asked: ${holdings.map(named).join('; ')}`);
    for (const { server, client, tokens } of holdings)
      if (tokens) await revokeAll({ server, client, tokens }, tools);
    for (const { server, client } of clientsOf(holdings))
      await deleteClient(client, server.metadata.registration_endpoint, tools);
    return {};
  },
});

/** What every pass of the run obtained, oldest first. */
function holdingsOf({
  server,
  client,
  tokens,
  superseded = [],
}: Partial<Facts>): readonly Holding[] {
  if (!server || !client) return superseded;
  return [...superseded, { server, client, ...(tokens && { tokens }) }];
}

/** Each client once: several passes may have used it. */
function clientsOf(holdings: readonly Holding[]): readonly Holding[] {
  return holdings.filter(
    ({ client }, index) => holdings.findIndex((other) => other.client.id === client.id) === index,
  );
}

function named({ client, tokens }: Holding): string {
  return `client ${quoted(client.id)}${tokens ? ' and its tokens' : ''}`;
}

async function revokeAll(
  { server, client, tokens }: Required<Holding>,
  tools: Tools,
): Promise<void> {
  if (!server.metadata.revocation_endpoint)
    return tools.note('no revocation_endpoint: the tokens stay valid until they expire');
  const { oauth, configuration, lastAnswer } = await oauthClient({ server, client }, tools);
  const wanted = [
    ['refresh_token', tokens.refresh_token],
    ['access_token', tokens.access_token],
  ] as const;
  for (const [hint, value] of wanted) {
    if (value === undefined) continue;
    await oauth
      .tokenRevocation(configuration, value, { token_type_hint: hint })
      .catch((error: Error) =>
        tools.note(`the ${hint} was not revoked: ${whyNot(error, lastAnswer())}`),
      );
  }
}

/** What the server said, or what kept it from saying anything; openid-client names neither. */
function whyNot(error: Error, answer: Answer | undefined): string {
  const broken = httpErrorIn(error);
  if (broken || !answer || answer.status === 200) return (broken ?? error).message;
  return refusedAnswer('the revocation endpoint', answer, '200').message;
}

async function deleteClient(
  { management, id, origin }: Facts['client'],
  registeredAt: string | undefined,
  tools: Tools,
): Promise<void> {
  if (origin === 'given' || origin === 'document') return;
  if (origin !== 'registered')
    return tools.note(`client ${quoted(id)} stays registered: it is kept for later runs`);
  if (!management)
    return tools.note(`client ${quoted(id)} stays registered: the server offers no deletion`);
  // The token that deletes a client is worth something: it goes where the client was registered.
  if (registeredAt === undefined || !sameOrigin(management.uri, registeredAt))
    return tools.note(
      `client ${quoted(id)} stays registered: registration_client_uri is ${quoted(management.uri)}, expected the origin of the registration`,
    );
  try {
    const answer = await tools.http.send({
      method: 'DELETE',
      url: management.uri,
      headers: [['authorization', `Bearer ${management.token}`]],
    });
    if (answer.status !== 204)
      tools.note(
        isUnserved(answer)
          ? `client ${quoted(id)} stays registered: the server offers no deletion (${answer.status})`
          : `client ${quoted(id)} may stay: deletion gave ${answer.status}`,
      );
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    tools.note(`client ${quoted(id)} may stay: ${error.message}`);
  }
}
