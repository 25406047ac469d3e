/** Proof Key for Code Exchange, both halves. */
import { mcp, oauth21, rfc7636 } from '../spec/references.ts';
import { formOf } from '../trace/body.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, shown } from './evidence.ts';
import { judgeRequests, type KnownRequest } from './front-channel.ts';
import { missing, reused, type Use } from './request-parameter.ts';
import { at, defineRule, type Rule } from './rule.ts';

const pkceMissing = defineRule({
  id: 'client-pkce-missing',
  step: 'authorization',
  fault: 'client',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'The authorization request carries a code_challenge and the code exchange its code_verifier.',
  why: 'Without PKCE whoever sees the code can redeem it, and authorization servers that follow OAuth 2.1 refuse the request.',
  fix: 'Make a code_verifier for each request; send its S256 hash as code_challenge, and the verifier itself with the code.',
  example: 'code_challenge=6BIe-GnaoczqhEYAJZBdQaBiV4OdkuAQAp3b5emcbqE&code_challenge_method=S256',
  spec: [
    oauth21('4.1.1'),
    mcp('2026-07-28', 'basic/authorization/security-considerations#authorization-code-protection'),
  ],
  judge: (view) =>
    judgeRequests(view, (requests) => [
      ...requests
        .filter(({ parameters }) => !parameters.get('code_challenge'))
        .map(({ exchange }) => missing('the authorization request', 'code_challenge', exchange)),
      ...view
        .tokenRequests('authorization_code')
        .filter((exchange) => !formOf(exchange).get('code_verifier'))
        .map((exchange) => missing('the code exchange', 'code_verifier', exchange)),
    ]),
});

const pkceWeak = defineRule({
  id: 'client-pkce-weak',
  step: 'authorization',
  fault: 'client',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'PKCE uses S256, and a fresh verifier of 43 to 128 unreserved characters for each request.',
  why: 'A plain challenge shows the verifier to everyone who sees the request; a short or reused one can be guessed or replayed.',
  fix: 'Take 32 random bytes in base64url as the verifier, hash it with S256, and never use it twice.',
  example: 'code_challenge_method=S256',
  spec: [oauth21('4.1.1'), rfc7636('4.1')],
  judge: (view) =>
    judgeRequests(view, (requests) => [
      ...requests.flatMap(methodDeviations),
      ...verifiers(view).flatMap((verifier) => verifierDeviations(view, verifier)),
      ...reused(
        requests.map(({ exchange, parameters }) => ({
          exchange,
          value: parameters.get('code_challenge'),
          // A page that was loaded again is no new request.
          owner: parameters.get('state'),
        })),
        'code_challenge',
      ),
      ...reused(verifiers(view), 'code_verifier'),
    ]),
});

/** The rules about PKCE. */
export const pkceRules: readonly Rule[] = [pkceMissing, pkceWeak];

function methodDeviations({ exchange, parameters }: KnownRequest): readonly Deviation[] {
  const method = parameters.get('code_challenge_method') ?? undefined;
  return !parameters.get('code_challenge') || method === 'S256'
    ? []
    : [
        {
          message: `code_challenge_method is ${shown(method)}, expected "S256"`,
          evidence: at(exchange, '/request/url'),
        },
      ];
}

function verifiers(view: View): readonly Use[] {
  return view.tokenRequests('authorization_code').map((exchange) => {
    const form = formOf(exchange);
    return { exchange, value: form.get('code_verifier'), owner: form.get('code') };
  });
}

function verifierDeviations(view: View, { exchange, value }: Use): readonly Deviation[] {
  const { length, alphabet } = view.secret(value ?? '');
  // Nothing is known of a label without its entry in the secrets.
  if (length === 0 || (length >= 43 && length <= 128 && alphabet === 'unreserved')) return [];
  return [
    {
      message: `code_verifier has ${length} characters${alphabet === 'unreserved' ? '' : ', some of them not unreserved'}, expected 43 to 128 unreserved ones`,
      evidence: at(exchange, '/request/body'),
    },
  ];
}
