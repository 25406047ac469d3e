import { isObject, type JsonObject } from '../trace/body.ts';

/** What a client answers with when a server asks the user for input: values by the name of the field. */
export type Answers = Readonly<Record<string, unknown>>;

/** The capabilities to declare: a client without answers must not be asked. */
export function capabilitiesFor(answers: Answers | undefined): object {
  return answers ? { elicitation: {} } : {};
}

/**
 * Answers one form: each field with the user's value, else its default. What sends the user to a
 * URL is declined.
 * @returns undefined for a request that is no elicitation
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation
 */
export function elicited({ method, params }: JsonObject, answers: Answers): object | undefined {
  if (method !== 'elicitation/create' || !isObject(params)) return undefined;
  if (params.mode === 'url') return { action: 'decline' };
  const { requestedSchema: schema } = params;
  const fields = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  const content = Object.entries(fields).flatMap(([name, field]) => {
    const byDefault = isObject(field) ? field.default : undefined;
    const value = Object.hasOwn(answers, name) ? answers[name] : byDefault;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { action: 'accept', content: Object.fromEntries(content) };
}
