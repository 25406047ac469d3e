import { judgeIss } from '../oauth/issuer.ts';
import { quoted } from '../oauth/quoted.ts';
import type { FlowOptions } from './options.ts';
import { OAuthRefusal } from './refused-answer.ts';
import { type Facts, StepFailure, type Tools } from './step.ts';

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
  const error = parameters.get('error');
  if (published && !verdict.ok) {
    if (!isIssChecked(tools.options)) tools.note(verdict.message);
    else {
      tools.refuse(verdict.message);
      // Even a lenient run neither shows nor acts on an error that may be from somebody else.
      if (error !== null) throw new StepFailure(`${verdict.message}; it carries an error, no code`);
    }
  }
  const description = parameters.get('error_description');
  if (error !== null)
    throw new OAuthRefusal(
      error,
      `the authorization server answered ${quoted(error)}${description ? `: ${quoted(description)}` : ''}, expected a code`,
    );
  const code = parameters.get('code');
  if (!code) throw new StepFailure('the callback carries no code, expected one');
  return code;
}

/** Whether a callback without `iss` ends the run. */
export function needsIss({ metadata, published }: Facts['server'], { options }: Tools): boolean {
  const isPromised = metadata.authorization_response_iss_parameter_supported === true;
  return isPromised && published && isIssChecked(options);
}

/** Asked for by name, an older revision is played as it is: its clients do not look. */
function isIssChecked({ revision }: FlowOptions): boolean {
  return revision === 'auto' || revision.issChecked;
}
