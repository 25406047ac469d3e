import { judgeIss } from '../oauth/issuer.ts';
import { type Facts, StepFailure, type Tools } from './step.ts';
import { quote } from './text.ts';

/** The code of a callback whose issuer is the expected one (RFC 9207 section 2.4). */
export function codeOf(
  parameters: URLSearchParams,
  { issuer, metadata, published }: Facts['server'],
  tools: Tools,
): string {
  const verdict = judgeIss({
    advertised: metadata.authorization_response_iss_parameter_supported === true,
    received: parameters.get('iss') ?? undefined,
    issuer,
  });
  if (published && !verdict.ok) tools.refuse(verdict.message);
  const error = parameters.get('error');
  const description = parameters.get('error_description');
  if (error !== null)
    throw new StepFailure(
      `the authorization server answered ${quote(error)}${description ? `: ${quote(description)}` : ''}, expected a code`,
    );
  const code = parameters.get('code');
  if (!code) throw new StepFailure('the callback carries no code, expected one');
  return code;
}
