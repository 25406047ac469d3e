import type { Answer } from '../http/http.ts';
import { readOAuthError } from '../oauth/documents.ts';
import { quoted } from '../oauth/quoted.ts';
import { parseJson } from '../trace/body.ts';
import { StepFailure } from './step.ts';
import { describeAnswer } from './text.ts';

/** The authorization server said no, with an error code. */
export class OAuthRefusal extends StepFailure {
  /** `error` of the answer. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
  readonly error: string;

  constructor(error: string, message: string) {
    super(message);
    this.error = error;
  }
}

/** What an endpoint answered instead of what was expected of it. */
export function refusedAnswer(endpoint: string, answer: Answer, expected: string): StepFailure {
  const { error, error_description } = readOAuthError(parseJson(answer.text)).value;
  const description = error_description ? `: ${quoted(error_description)}` : '';
  return error === undefined
    ? new StepFailure(`${endpoint} answered ${describeAnswer(answer)}, expected ${expected}`)
    : new OAuthRefusal(
        error,
        `${endpoint} answered ${answer.status} ${quoted(error)}${description}, expected ${expected}`,
      );
}
