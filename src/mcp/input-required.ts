import { isObject, type JsonObject } from '../trace/body.ts';
import { type Answers, elicited } from './elicitation.ts';
import type { RpcAnswer } from './session.ts';

/** Rounds of questions after which a tool is no longer answered. */
const MOST_ROUNDS = 10;

/**
 * Sends a request, and again with answers as long as the server asks for input: a new request each
 * time, with the server's state as it came.
 * @returns the last answer, which still asks where the answers do not do
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/mrtr
 */
export async function askWithInput(
  ask: (more: JsonObject) => Promise<RpcAnswer>,
  answers: Answers | undefined,
): Promise<RpcAnswer> {
  let answered = await ask({});
  for (let round = 0; round < MOST_ROUNDS && answers; round += 1) {
    const more = responsesTo(answered.result, answers);
    if (!more) return answered;
    answered = await ask(more);
  }
  return answered;
}

/** The parameters that answer a result; undefined where it asks for nothing, or for something else. */
function responsesTo(
  { resultType, inputRequests = {}, requestState }: JsonObject,
  answers: Answers,
): JsonObject | undefined {
  if (resultType !== 'input_required' || !isObject(inputRequests)) return undefined;
  const responses = Object.entries(inputRequests).map(
    ([name, request]) =>
      [name, isObject(request) ? elicited(request, answers) : undefined] as const,
  );
  if (responses.some(([, response]) => response === undefined)) return undefined;
  return {
    ...(responses.length > 0 && { inputResponses: Object.fromEntries(responses) }),
    ...(requestState !== undefined && { requestState }),
  };
}
